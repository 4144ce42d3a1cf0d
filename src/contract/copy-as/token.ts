import { comment } from './command.ts';

/**
 * Gives curl the token on its standard input: on its command line everybody on this machine could read it
 * (curl(1), --config).
 */
export const curlWithToken = [
  ' --config - <<END_OF_HEADER',
  'header = "Authorization: Bearer $PANOSC_TOKEN"',
  'END_OF_HEADER'
] as const;

/** The line that ends everything where the token is missing. */
export const TOKEN_NEEDED = ': "${PANOSC_TOKEN:?is missing: see the comment above}"';

/** Where the token comes from; empty where none is wanted. */
export function aboutToken(service: string | null): string {
  return service === null
    ? ''
    : comment(
        `PANOSC_TOKEN stands for your access token of ${service}: "Copy as" beside the sign-in shows how to get one.`
      );
}
