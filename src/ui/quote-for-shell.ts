/** One word for a POSIX shell, whatever stands in it; a leading `~/` stays for the shell to expand. */
export function quoteForShell(text: string): string {
  const head = text.startsWith('~/') ? '~/' : '';
  const rest = text.slice(head.length);
  return rest !== '' && /^[\w@%+=:,./-]+$/.test(rest)
    ? text
    : `${head}'${rest.replaceAll("'", "'\\''")}'`;
}
