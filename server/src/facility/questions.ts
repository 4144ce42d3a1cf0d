import type { Profile, Question } from './profile.ts';

/** Whom to ask when a key is not filled, as a sentence that follows another; empty when nobody is named. */
export function whomToAsk({ ask, help }: Profile, fills: Question['fills']): string {
  const who = ask.find(question => question.fills === fills)?.who ?? help;
  return who === null ? '' : ` Ask: ${who.replace(/\.$/, '')}.`;
}
