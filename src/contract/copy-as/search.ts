import { bareDoi } from '../bare-doi.ts';
import type { FacilityAddresses } from '../facility.ts';
import { commandLine, python, shell, type CopyAs } from './command.ts';
import { pythonList, pythonLiteral } from './python-literal.ts';
import { quoteForShell } from './quote-for-shell.ts';

const ROWS = 20;

/** The address of the datasets of a catalogue. */
function datasetsAt(api: string): string {
  return `${api.replace(/\/+$/, '')}/datasets`;
}

/** The catalogues are asked as the companion asks them: LoopBack filters of the PaNOSC search API. */
export function searchCommands(
  text: string,
  { catalogues }: Pick<FacilityAddresses, 'catalogues'>
): readonly CopyAs[] {
  const words = bareDoi(text) ?? text.trim();
  const own = shell('jupyter panosc', commandLine('search', [words]));
  if (catalogues.length === 0) {
    return [own];
  }
  const filter = JSON.stringify({ limit: ROWS, ...(words === '' ? {} : { query: words }) });
  const curl = catalogues
    .map(
      ({ api }) =>
        `curl --fail --silent --show-error --get --data-urlencode ${quoteForShell(`filter=${filter}`)} ${quoteForShell(datasetsAt(api))}\n`
    )
    .join('');
  const lines = [
    'import json, urllib.parse, urllib.request',
    '',
    `text = ${pythonLiteral(words)}`,
    `asked = {"limit": ${ROWS}, **({"query": text} if text else {})}`,
    'query = urllib.parse.urlencode({"filter": json.dumps(asked)})',
    `for catalogue in ${pythonList(catalogues.map(({ api }) => datasetsAt(api)))}:`,
    '    with urllib.request.urlopen(f"{catalogue}?{query}") as answer:',
    '        for dataset in json.load(answer):',
    '            print(dataset["pid"], dataset.get("title"))'
  ];
  return [own, shell('curl', curl), python(`${lines.join('\n')}\n`)];
}
