import type { TranslationBundle } from '@jupyterlab/translation';
import { nullTranslator } from '@jupyterlab/translation';
import { said } from '../said.ts';
import sentences from '../server-sentences.json';

/** Shows what the translator was asked for, instead of a translation. */
const asked = {
  __: (msgid: string, ...values: string[]) => JSON.stringify([msgid, ...values])
} as unknown as TranslationBundle;

const german: Record<string, string> = {
  'The disk is full': 'Die Platte ist voll',
  '%1 cannot be written: %2. Choose another folder.':
    '%1 kann nicht beschrieben werden: %2. Wählen Sie einen anderen Ordner.',
  'the file system is read-only': 'das Dateisystem ist schreibgeschützt',
  'This image carries no labels.': 'Dieses Image hat keine Labels.',
  'Runs "%1" on %2': 'Startet „%1“ auf %2',
  'with %1': 'mit %1',
  '%1 of memory': '%1 Speicher',
  'in the folder %1.': 'im Ordner %1.'
};
const inGerman = {
  __: (msgid: string, ...values: string[]) =>
    (german[msgid] ?? msgid).replace(/%(\d)/g, (_, n: string) => values[Number(n) - 1] ?? '')
} as unknown as TranslationBundle;

function filledIn(msgid: string): readonly [string, string[]] {
  const values: string[] = [];
  const text = msgid.replace(/%(\d+)/g, (_, n: string) => {
    values.push(`⟦${n}⟧`);
    return `⟦${n}⟧`;
  });
  return [text, values];
}

describe('said', () => {
  test('recognises every sentence of the companion, with its values', () => {
    const mistaken = sentences.filter(msgid => {
      const [text, values] = filledIn(msgid);
      return said(text, asked) !== JSON.stringify([msgid, ...values]);
    });
    expect(mistaken).toEqual([]);
  });

  test('says every one in English as it came', () => {
    const english = nullTranslator.load('jupyterlab_panosc');
    const texts = sentences.map(msgid => filledIn(msgid)[0]);
    expect(texts.map(text => said(text, english))).toEqual(texts);
  });

  test('translates with the same values, and values that are sentences too', () => {
    expect(said('The disk is full', inGerman)).toBe('Die Platte ist voll');
    expect(
      said(
        '/data/a, b. c cannot be written: the file system is read-only. Choose another folder.',
        inGerman
      )
    ).toBe(
      '/data/a, b. c kann nicht beschrieben werden: das Dateisystem ist schreibgeschützt. Wählen Sie einen anderen Ordner.'
    );
  });

  test('translates sentences that follow one another, and clauses with commas', () => {
    expect(said('This image carries no labels. Something new. The disk is full', inGerman)).toBe(
      'Dieses Image hat keine Labels. Something new. Die Platte ist voll'
    );
    expect(
      said('Runs "a" on Demo, with 4 CPUs, 3 GB of memory, in the folder /home/ada.', inGerman)
    ).toBe('Startet „a“ auf Demo, mit 4 CPUs, 3 GB Speicher, im Ordner /home/ada.');
  });

  test('leaves alone what it does not know, and nothing', () => {
    expect(said('sbatch: error: Batch job submission failed', inGerman)).toBe(
      'sbatch: error: Batch job submission failed'
    );
    expect(said(null, inGerman)).toBeNull();
    expect(said(undefined, inGerman)).toBeNull();
  });

  test('is quick with a long text that almost fits', () => {
    const text = `${' cannot be written (a). '.repeat(400)}x`;
    expect(said(text, inGerman)).toHaveLength(text.length);
  });

  test('names stay as they are, also when they are words of ours', () => {
    german['metadata'] = 'Metadaten';
    german['%1 appeared while it was pulled. Move it, then retry.'] =
      '%1 ist aufgetaucht, während es geholt wurde.';
    expect(said('metadata appeared while it was pulled. Move it, then retry.', inGerman)).toBe(
      'metadata ist aufgetaucht, während es geholt wurde.'
    );
    german['The disk is full'] = 'Die Platte ist voll';
    expect(said('Runs "The disk is full" on hpc', inGerman)).toBe(
      'Startet „The disk is full“ auf hpc'
    );
  });
});
