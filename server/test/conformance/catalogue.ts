import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Catalogue } from '../../src/datasets/port.ts';
import { testCall } from '../support/test-call.ts';

/** What a catalogue under test must hold. */
export interface CatalogueUnderTest {
  /** A catalogue with at least three datasets that contain the word `steel`, one of which has at least three files. */
  readonly open: () => Promise<Catalogue>;
  readonly pidWithFiles: string;
}

/** Every catalogue adapter passes these. */
export function catalogueConformance(name: string, under: CatalogueUnderTest): void {
  describe(`catalogue ${name}`, () => {
    it('pages without gaps or repeats', async () => {
      const catalogue = await under.open();
      const pids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await catalogue.search('steel', cursor, 1, testCall());
        assert.ok(page.items.length <= 1);
        pids.push(...page.items.map(item => item.pid));
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      assert.ok(pids.length >= 3);
      assert.equal(new Set(pids).size, pids.length);
    });

    it('says null, not zero, for what it does not know, and counts the files', async () => {
      const catalogue = await under.open();
      const page = await catalogue.search('', undefined, 50, testCall());
      for (const item of page.items) {
        assert.ok(item.sizeBytes === null || item.sizeBytes >= 0);
        assert.notEqual(item.title, '');
      }
      const one = await catalogue.get(under.pidWithFiles, testCall());
      assert.ok((one.fileCount ?? 0) >= 3);
    });

    it('refuses an unknown dataset by name', async () => {
      const catalogue = await under.open();
      await assert.rejects(catalogue.get('no/such dataset?', testCall()), {
        slug: 'dataset-not-found'
      });
    });

    it('pages files with safe relative paths and absolute URLs', async () => {
      const catalogue = await under.open();
      const first = await catalogue.files(under.pidWithFiles, undefined, 2, testCall());
      assert.equal(first.items.length, 2);
      assert.notEqual(first.cursor, null);
      for (const file of first.items) {
        assert.ok(
          !file.relativePath.startsWith('/') && !file.relativePath.split('/').includes('..')
        );
        assert.match(file.url ?? '', /^https?:\/\//);
      }
      const rest = await catalogue.files(
        under.pidWithFiles,
        first.cursor ?? undefined,
        50,
        testCall()
      );
      assert.ok(rest.items.length >= 1);
    });

    it('stops when told to', async () => {
      const catalogue = await under.open();
      const controller = new AbortController();
      controller.abort(new Error('gone'));
      await assert.rejects(catalogue.search('steel', undefined, 5, testCall(controller.signal)), {
        message: 'gone'
      });
    });
  });
}
