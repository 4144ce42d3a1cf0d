import { cleanText } from '../core/clean-text.ts';

const MAX_LABELS = 500;
const MAX_KEY_CHARS = 200;
const MAX_VALUE_CHARS = 500;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parsed JSON, or undefined when the text is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8').decode(bytes));
  } catch {
    return undefined;
  }
}

/** A member of a JSON object that came from outside; own members only, so that no prototype is ever reached. */
export function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Labels of an image as plain text: one line each, cut at 500 characters, numbers and booleans as text;
 * everything else that somebody put there is left out.
 */
export function cleanLabels(value: unknown): Record<string, string> {
  if (!isObject(value)) {
    return {};
  }
  const clean = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    if (clean.size >= MAX_LABELS) {
      break;
    }
    const name = cleanText(key, MAX_KEY_CHARS);
    if (
      name !== '' &&
      (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
    ) {
      clean.set(name, cleanText(String(item), MAX_VALUE_CHARS));
    }
  }
  // `fromEntries` defines own members, also one that is called `__proto__`.
  return Object.fromEntries(clean);
}
