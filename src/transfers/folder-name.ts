/**
 * A folder name made of a dataset's title, as the companion makes it where no folder is given:
 * letters, digits, dots, dashes; never hidden, never empty. Two datasets in one folder would be hard to tell apart.
 */
export function folderName(title: string): string {
  const name = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return name === '' ? 'dataset' : name;
}
