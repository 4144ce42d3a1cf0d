import type { ImageDetail, ImagePage } from '#contract';
import type { Command } from '../command.ts';
import { bytesText } from '../../core/bytes-text.ts';
import { limitOf, limitOption, sayIfCut } from '../limit.ts';
import { exitCodes, plain } from '../terminal.ts';

/** Rows where nobody says how many. */
const USUAL = 100;

/** Lists images; exit 1 when a repository could not be listed. */
export const images: Command = {
  usage: 'images [TEXT]',
  summary: 'list software images',
  options: limitOption('images', USUAL),
  operands: [0, 20],
  async run(invocation) {
    const { client, terminal, positionals } = invocation;
    const page = await client.get<ImagePage>('/v1/images', {
      q: positionals.join(' '),
      limit: limitOf(invocation, USUAL)
    });
    const rows = page.items.map(item => [
      bytesText(item.sizeBytes),
      item.kind,
      plain(item.linkTo === null ? item.ref : `${item.ref} → ${item.linkTo}`)
    ]);
    for (const trouble of page.problems) {
      terminal.say(`${trouble.repository}: ${plain(trouble.detail)}`);
    }
    terminal.result(
      page,
      rows.length === 0 ? ['No image found. Try fewer or other words.'] : terminal.table(rows)
    );
    sayIfCut(page, terminal, 'Use more words.');
    return page.problems.length > 0 ? exitCodes.failed : exitCodes.ok;
  }
};

function signaturesText(count: number | null): string {
  return count === null ? '–' : count === 0 ? 'none' : `${count}, not checked`;
}

/** Shows what is known about one image. */
export const image: Command = {
  usage: 'image REPO:PATH',
  summary: 'show what is known about an image',
  options: {},
  operands: [1, 1],
  async run({ client, terminal, positionals }) {
    const detail = await client.get<ImageDetail>('/v1/images/detail', { ref: positionals[0] });
    terminal.result(detail, [
      plain(`${detail.name} ${detail.version ?? ''}`),
      ...terminal.table([
        ['path', plain(detail.mountPath)],
        ['size', bytesText(detail.sizeBytes)],
        ['architecture', detail.architecture ?? '–'],
        ['repository', `verified, revision ${detail.revision}`],
        ['content', detail.trust === 'verified' ? 'hashed' : 'preview: not hashed as a whole'],
        ['signatures', signaturesText(detail.signatures)],
        ['licence', plain(detail.licence ?? '–')],
        ...Object.entries(detail.labels).map(([name, value]) => [plain(name), plain(value)])
      ]),
      ...(detail.note === null ? [] : [plain(detail.note)])
    ]);
    return exitCodes.ok;
  }
};
