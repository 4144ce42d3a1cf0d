import type { TransferListing } from '../transfers.ts';
import { option, subshell } from './command.ts';
import { pythonLiteral } from './python-literal.ts';
import { quoteForShell } from './quote-for-shell.ts';
import { curlWithToken, TOKEN_NEEDED } from './token.ts';

type Remote = Pick<TransferListing['manifests'][number], 'url' | 'tokenOf' | 'caFile'>;

/** Programs of coreutils that check sums; what has none is left to the companion. */
const programs = new Set(['md5', 'sha1', 'sha256', 'sha512']);

/** A name that no program takes for an option or for a place of its own. */
const here = (path: string): string => quoteForShell(`./${path}`);

/** The words and lines that make curl fetch this; `more` stands before the address. */
function curl({ caFile, tokenOf, url }: Remote, more: readonly string[], after = ''): string[] {
  const words = [
    'curl --fail --location --globoff',
    ...option('cacert', caFile ?? undefined),
    ...more,
    quoteForShell(url)
  ].join(' ');
  const [config, ...lines] = curlWithToken;
  return tokenOf === null ? [words + after] : [words + config + after, ...lines];
}

/** What `sha256sum --check` reads: a backslash in front says that the name is written with escapes. */
function sumLine(value: string, path: string): string {
  const name = `./${path}`;
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${value}  ${escaped}`;
}

/** Lines that check what was fetched, as far as the facility publishes checksums. */
function checks({ files, manifests }: TransferListing): readonly string[] {
  const known = [...programs].flatMap(algorithm => {
    const sums = files
      .filter(({ checksum }) => checksum?.algorithm === algorithm)
      .map(({ checksum, path }) => quoteForShell(sumLine(checksum?.value ?? '', path)));
    return sums.length === 0 ? [] : [`printf '%s\\n' ${sums.join(' ')} | ${algorithm}sum --check`];
  });
  const published = manifests.flatMap(manifest => {
    const { algorithm, folder, isThere } = manifest;
    const quiet = ['--silent', '--show-error'];
    const check = `| (cd ${here(folder)} && ${algorithm}sum --check --ignore-missing)`;
    return isThere
      ? curl(manifest, quiet, ` ${check}`)
      : [
          '# The store could not be asked whether it has checksums.',
          'if',
          ...curl(manifest, [...quiet, '--output /dev/null']),
          'then',
          ...curl(manifest, quiet, ` ${check}`),
          'fi'
        ];
  });
  return [...known, ...published];
}

/** The lines around the fetching of each file. */
function inFolder(listing: TransferListing, lines: readonly string[]): string {
  const isSecret = listing.files.some(({ tokenOf }) => tokenOf !== null);
  const to = quoteForShell(listing.to);
  return subshell([
    ...(isSecret ? [TOKEN_NEEDED] : []),
    `mkdir -p -- ${to}`,
    `cd -- ${to}`,
    ...lines,
    ...checks(listing)
  ]);
}

/**
 * curl(1): repeated, it goes on where it was. What is whole has its own name only then: asked to go on with a whole
 * file, curl fails (416).
 */
export function fetchWithCurl(listing: TransferListing): string {
  const lines = listing.files.flatMap(file => {
    const whole = here(file.path);
    const part = here(`${file.path}.part`);
    const isHere = `[ -e ${whole} ] ||`;
    const [first, ...more] = curl(file, ['--continue-at -', '--create-dirs', `--output ${part}`]);
    return [`${isHere} ${first ?? ''}`, ...more, `${isHere} mv -- ${part} ${whole}`];
  });
  return inFolder(listing, lines);
}

/** `rclone copyurl`, for open data alone: a header of its own it sends to wherever a store redirects. */
export function fetchWithRclone(listing: TransferListing): string {
  const lines = listing.files.map(({ caFile, path, url }) =>
    [
      'rclone copyurl',
      ...option('ca-cert', caFile ?? undefined),
      quoteForShell(url),
      here(path)
    ].join(' ')
  );
  return inFolder(listing, lines);
}

/** Python's own library, without the token where a store redirects elsewhere. */
export function fetchWithPython({ files, manifests, to }: TransferListing): string {
  const text = (value: string | null): string => (value === null ? 'None' : pythonLiteral(value));
  const isSecret = files.some(({ tokenOf }) => tokenOf !== null);
  const hasChecks = manifests.some(({ isThere }) => isThere);
  const sums = files.filter(({ checksum }) => programs.has(checksum?.algorithm ?? ''));
  const hashes = sums.length > 0 || hasChecks;
  return [
    `import ${[...(hashes ? ['hashlib'] : []), ...(isSecret ? ['os'] : []), 'pathlib', 'shutil', 'ssl', 'urllib.request'].join(', ')}`,
    '',
    `folder = pathlib.Path(${pythonLiteral(to)})`,
    '# Path, address, own certificate authority, whether it wants the token.',
    'files = [',
    ...files.map(
      ({ caFile, path, tokenOf, url }) =>
        `    (${pythonLiteral(path)}, ${pythonLiteral(url)}, ${text(caFile)}, ${tokenOf === null ? 'False' : 'True'}),`
    ),
    ']',
    '',
    '',
    'def ask(url, authority, is_secret):',
    '    request = urllib.request.Request(url)',
    ...(isSecret
      ? [
          '    if is_secret:',
          '        request.add_unredirected_header("Authorization", "Bearer " + os.environ["PANOSC_TOKEN"])'
        ]
      : []),
    '    return urllib.request.urlopen(request, context=ssl.create_default_context(cafile=authority))',
    '',
    '',
    ...(hashes
      ? [
          'def check(algorithm, value, path):',
          '    digest = hashlib.new(algorithm)',
          '    with open(folder / path, "rb") as file:',
          '        for piece in iter(lambda: file.read(1 << 20), b""):',
          '            digest.update(piece)',
          '    if digest.hexdigest() != value.lower():',
          '        raise SystemExit(f"{path} does not agree with its checksum")',
          '    print(path, "OK")',
          '',
          ''
        ]
      : []),
    'for path, url, authority, is_secret in files:',
    '    (folder / path).parent.mkdir(parents=True, exist_ok=True)',
    '    with ask(url, authority, is_secret) as answer, open(folder / path, "wb") as file:',
    '        shutil.copyfileobj(answer, file)',
    '    if (folder / path).stat().st_size != int(answer.headers.get("Content-Length", (folder / path).stat().st_size)):',
    '        raise SystemExit(f"{path} is not complete")',
    ...sums.map(
      ({ checksum, path }) =>
        `check(${pythonLiteral(checksum?.algorithm ?? '')}, ${pythonLiteral(checksum?.value ?? '')}, ${pythonLiteral(path)})`
    ),
    ...manifests
      .filter(({ isThere }) => isThere)
      .flatMap(({ algorithm, caFile, folder, tokenOf, url }) => [
        'checked = 0',
        `with ask(${pythonLiteral(url)}, ${text(caFile)}, ${tokenOf === null ? 'False' : 'True'}) as answer:`,
        '    for line in answer.read().decode().splitlines():',
        '        value, _, name = line.partition(" ")',
        `        path = ${pythonLiteral(folder === '' ? '' : `${folder}/`)} + name.lstrip(" *")`,
        '        if any(path == known for known, *_ in files):',
        `            check(${pythonLiteral(algorithm)}, value, path)`,
        '            checked += 1',
        'if checked == 0:',
        '    raise SystemExit("the list of checksums names none of these files")'
      ]),
    ''
  ].join('\n');
}
