import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as z from 'zod';
import { Image, ImageDetail, RepositoryState } from '#contract';
import type { ProblemSlug } from '#contract';
import { ProblemError } from '../../src/core/problem.ts';
import type { ImageSource } from '../../src/images/port.ts';
import { testCall } from '../support/test-call.ts';

/** What a source under test must hold. */
export interface ImageSourceUnderTest {
  /** A source with at least five images, three of which are versions of `manyVersions.name`. */
  readonly open: (t: TestContext) => Promise<ImageSource>;
  /** Versions as they must be listed: newest first. */
  readonly manyVersions: { readonly name: string; readonly versions: readonly string[] };
  readonly sif: string;
  readonly sandbox: string;
  /** A link to an image, and where that lies. */
  readonly link: { readonly path: string; readonly mountPath: string };
  /** Something that has an image's name and is none. */
  readonly notAnImage: string;
  /** An existing image outside the folders that may be used. */
  readonly outside: string;
}

async function all(source: ImageSource, text: string, limit: number): Promise<Image[]> {
  const found: Image[] = [];
  let cursor: string | undefined;
  do {
    const page = await source.list(text, cursor, limit, testCall());
    assert.ok(page.items.length <= limit);
    found.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

async function refuses(result: Promise<unknown>, slug: ProblemSlug): Promise<void> {
  await assert.rejects(result, (error: unknown) => {
    assert.ok(error instanceof ProblemError, String(error));
    assert.equal(error.slug, slug);
    return true;
  });
}

/** Every image source passes these. */
export function imageSourceConformance(name: string, under: ImageSourceUnderTest): void {
  const check = (title: string, body: (source: ImageSource) => Promise<void>): void => {
    test(`image source ${name}: ${title}`, async t => {
      await body(await under.open(t));
    });
  };

  check('rows and state are what the contract says', async source => {
    const page = await source.list('', undefined, 200, testCall());
    assert.ok(page.items.length >= 5);
    z.array(z.strictObject(Image.shape)).parse(page.items);
    const state = z.strictObject(RepositoryState.shape).parse(page.state);
    assert.equal(state.fqrn, source.repository);
    for (const item of page.items) {
      assert.equal(item.ref, `${source.repository}:${item.path}`);
      assert.ok(item.mountPath.startsWith(`/cvmfs/${source.repository}/`));
      assert.ok(item.kind === 'sif' || item.sizeBytes === null);
    }
  });

  check('paging gives every row once, in the same order', async source => {
    const whole = await all(source, '', 200);
    const small = await all(source, '', 2);
    assert.deepEqual(small, whole);
    assert.equal(new Set(whole.map(item => item.path)).size, whole.length);
    const nothing = await source.list('', undefined, 0, testCall());
    assert.deepEqual(nothing.items, []);
  });

  check('names are sorted, and the newest version comes first', async source => {
    const whole = await all(source, '', 200);
    const names = whole.map(item => item.name.toLowerCase());
    assert.deepEqual(names, names.toSorted());
    const { name: wanted, versions } = under.manyVersions;
    const listed = whole.filter(item => item.name === wanted);
    assert.deepEqual(
      listed.map(item => item.version).filter(version => versions.includes(version ?? '')),
      versions
    );
  });

  check('every word of a search must be there, in any order and case', async source => {
    const [, version = ''] = under.manyVersions.versions;
    const found = await all(source, ` ${version} ${under.manyVersions.name.toUpperCase()}`, 1);
    assert.ok(found.length >= 1);
    for (const item of found) {
      const text = `${item.name} ${item.version} ${item.path}`.toLowerCase();
      assert.ok(text.includes(version) && text.includes(under.manyVersions.name.toLowerCase()));
    }
    assert.deepEqual(await all(source, 'no-such-thing-anywhere', 5), []);
  });

  check('a cursor that nobody gave is refused', async source => {
    await refuses(source.list('', 'WyJ4Il0', 5, testCall()), 'bad-request');
    await refuses(source.list('', 'not base64 \u0000', 5, testCall()), 'bad-request');
  });

  check('an image tells about itself', async source => {
    const detail = await source.get(under.sif, testCall());
    z.strictObject(ImageDetail.shape).parse(detail);
    assert.equal(detail.kind, 'sif');
    assert.equal(detail.path, under.sif);
    assert.ok(Object.keys(detail.labels).length > 0);
    assert.notEqual(detail.definition, null);
    assert.notEqual(detail.sizeBytes, null);
  });

  check('a sandbox folder tells about itself', async source => {
    const detail = await source.get(under.sandbox, testCall());
    z.strictObject(ImageDetail.shape).parse(detail);
    assert.equal(detail.kind, 'sandbox');
    assert.equal(detail.sizeBytes, null);
    assert.equal(detail.signatures, null);
  });

  check('a link is shown as a link, and a job gets the place behind it', async source => {
    const detail = await source.get(under.link.path, testCall());
    assert.equal(detail.path, under.link.path);
    assert.equal(detail.mountPath, under.link.mountPath);
    assert.notEqual(detail.linkTo, null);
  });

  check('what is no image, not there or not allowed is said', async source => {
    await refuses(source.get(under.notAnImage, testCall()), 'image-not-readable');
    await refuses(source.get(`${under.sif}.gone`, testCall()), 'image-not-found');
    await refuses(source.get(under.outside, testCall()), 'path-not-allowed');
    const climbing = `${under.sif.slice(0, under.sif.lastIndexOf('/'))}/..${under.outside}`;
    await refuses(source.get(climbing, testCall()), 'path-not-allowed');
    await refuses(source.get('relative', testCall()), 'path-not-allowed');
  });

  check('a caller who leaves is not kept waiting', async source => {
    const gone = AbortSignal.abort(new Error('gone'));
    await assert.rejects(source.list('', undefined, 5, testCall(gone)));
    assert.ok((await source.list('', undefined, 5, testCall())).items.length > 0);
  });
}
