import type { TransferListing } from '../transfers.ts';
import { sumOf } from './checkable.ts';
import { pythonLiteral } from './python-literal.ts';

type Listing = Pick<TransferListing, 'files' | 'manifests'>;

const text = (value: string | null): string => (value === null ? 'None' : pythonLiteral(value));
const truth = (value: boolean): string => (value ? 'True' : 'False');

/** What is to be fetched. */
function filesOf({ files }: Listing): readonly string[] {
  return [
    '# Path, address, size in bytes, own certificate authority, whether it wants the token.',
    'files = [',
    ...files.map(({ caFile, path, sizeBytes, tokenOf, url }) => {
      const words = [pythonLiteral(path), pythonLiteral(url), sizeBytes ?? 'None', text(caFile)];
      return `    (${words.join(', ')}, ${truth(tokenOf !== null)}),`;
    }),
    ']'
  ];
}

/** How to ask a store: not with the token where it redirects elsewhere. */
function asking(isSecret: boolean): readonly string[] {
  return [
    'def ask(url, authority, is_secret):',
    '    request = urllib.request.Request(url)',
    ...(isSecret
      ? [
          '    if is_secret:',
          '        request.add_unredirected_header("Authorization", "Bearer " + os.environ["PANOSC_TOKEN"])'
        ]
      : []),
    '    return urllib.request.urlopen(request, context=ssl.create_default_context(cafile=authority))'
  ];
}

/** The checksums of the listing and of the lists that the facility publishes, and how to check them. */
function checking({ files, manifests }: Listing): readonly string[] {
  return [
    'sums = {path: [] for path, *_ in files}',
    ...files.flatMap(file => {
      const sum = sumOf(file);
      return sum === null
        ? []
        : [
            `sums[${pythonLiteral(file.path)}].append((${pythonLiteral(sum.algorithm)}, ${pythonLiteral(sum.value)}))`
          ];
    }),
    ...manifests.flatMap(({ algorithm, caFile, folder, tokenOf, url }) => [
      'named = 0',
      `with ask(${pythonLiteral(url)}, ${text(caFile)}, ${truth(tokenOf !== null)}) as answer:`,
      '    for line in answer.read().decode().splitlines():',
      '        value, _, name = line.partition(" ")',
      `        path = ${pythonLiteral(folder === '' ? '' : `${folder}/`)} + name.lstrip(" *")`,
      '        if path in sums:',
      `            sums[path].append((${pythonLiteral(algorithm)}, value))`,
      '            named += 1',
      'if named == 0:',
      '    raise SystemExit("the list of checksums names none of these files")'
    ]),
    '',
    '',
    'def check(path, place):',
    '    for algorithm, value in sums[path]:',
    '        digest = hashlib.new(algorithm)',
    '        with open(place, "rb") as file:',
    '            for piece in iter(lambda: file.read(1 << 20), b""):',
    '                digest.update(piece)',
    '        if digest.hexdigest() != value.lower():',
    '            raise SystemExit(f"{path} does not agree with its checksum")',
    '        print(path, "OK")',
    '',
    ''
  ];
}

/**
 * Python's own library. A file has its own name only when it is whole and agrees with its checksum; one that is there
 * with its size is checked, and not fetched anew.
 */
export function fetchWithPython({ files, manifests, to }: TransferListing): string {
  const known = manifests.filter(({ isThere }) => isThere);
  const isSecret = files.some(({ tokenOf }) => tokenOf !== null);
  const hasSums = known.length > 0 || files.some(file => sumOf(file) !== null);
  const modules = [...(hasSums ? ['hashlib'] : []), 'os', 'pathlib', 'shutil', 'ssl'];
  return [
    `import ${modules.join(', ')}, urllib.request`,
    '',
    `folder = pathlib.Path(${pythonLiteral(to)})`,
    ...filesOf({ files, manifests }),
    '',
    '',
    ...asking(isSecret),
    '',
    '',
    ...(hasSums ? checking({ files, manifests: known }) : []),
    'for path, url, size, authority, is_secret in files:',
    '    whole, part = folder / path, folder / (path + ".part")',
    '    if size is not None and whole.is_file() and whole.stat().st_size == size:',
    ...(hasSums ? ['        check(path, whole)'] : []),
    '        continue',
    '    whole.parent.mkdir(parents=True, exist_ok=True)',
    '    with ask(url, authority, is_secret) as answer, open(part, "wb") as file:',
    '        shutil.copyfileobj(answer, file)',
    '    got = part.stat().st_size',
    '    if got != (int(answer.headers.get("Content-Length", got)) if size is None else size):',
    '        raise SystemExit(f"{path} is not complete")',
    ...(hasSums ? ['    check(path, part)'] : []),
    '    os.replace(part, whole)',
    ''
  ].join('\n');
}
