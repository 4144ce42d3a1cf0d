import type { Profile, Question } from './profile.ts';

/** One question of a profile as a sentence. */
export function sentenceOfQuestion({ what, who }: Question): string {
  return `${what.replace(/[.?]?$/, mark => (mark === '' ? '.' : mark))} Ask: ${who.replace(/\.$/, '')}.`;
}

/** Whom to ask when a key is not filled, as a clause that ends a sentence. */
export function whomToAsk({ ask, help }: Profile, fills: Question['fills']): string {
  const who = ask.find(question => question.fills === fills)?.who ?? help;
  return who === null ? '' : ` Ask: ${who.replace(/\.$/, '')}.`;
}
