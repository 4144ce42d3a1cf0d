import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { FakeCommands } from '../../testing/fake-commands.ts';
import { FakeCompanion } from '../../testing/fake-companion.ts';
import type { Image, ImageDetail, ImagePage, RepositoryState } from '../../contract/images.ts';
import { createImageSearch } from '../image-search.ts';
import { warmUpCommand } from '../first-start.tsx';
import { createImageTab } from '../image-tab.tsx';
import { imageTitle, trustFacts } from '../image-words.ts';
import { createSoftwareSection } from '../section.tsx';
import { lastingRef } from '../tokens.ts';

const trans = nullTranslator.load('jupyterlab_panosc');

function image(given: Partial<Image> = {}): Image {
  return {
    ref: 'sw.example:/xrd/2.1.0.sif',
    repository: 'sw.example',
    path: '/xrd/2.1.0.sif',
    mountPath: '/cvmfs/sw.example/xrd/2.1.0.sif',
    kind: 'sif',
    name: 'xrd-tools',
    version: '2.1.0',
    sizeBytes: 412e6,
    modifiedAt: '2026-11-01T10:00:00Z',
    linkTo: null,
    ...given
  };
}

function detail(given: Partial<ImageDetail> = {}): ImageDetail {
  return {
    ...image(),
    revision: 42,
    rootHash: 'ab',
    trust: 'preview',
    architecture: 'x86_64',
    labels: { maintainer: '<b>Ada</b>' },
    definition: 'Bootstrap: docker',
    help: null,
    licence: null,
    signatures: 0,
    signers: [],
    sbom: null,
    encrypted: false,
    note: null,
    contentHash: null,
    ...given
  };
}

const repository: RepositoryState = {
  fqrn: 'sw.example',
  revision: 42,
  publishedAt: '2026-11-20T10:00:00Z',
  whitelistExpiresAt: '2026-12-20T10:00:00Z',
  server: 'http://s1',
  rootHash: 'ab',
  warnings: []
};

function page(given: Partial<ImagePage> = {}): ImagePage {
  return { items: [image()], cursor: null, repositories: [repository], problems: [], ...given };
}

const settle = (): Promise<void> =>
  act(async () => jest.advanceTimersByTimeAsync(500).then(() => undefined));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('words', () => {
  it('name what a moving link leads to, and keep a version as it is', () => {
    const latest = image({ ref: 'sw.example:/xrd/latest.sif', version: 'latest', linkTo: '2.1.0' });
    expect(lastingRef(latest)).toBe('sw.example:/xrd/2.1.0.sif');
    const tagged = image({ ref: 'sw.example:/xrd:2.1', version: '2.1', linkTo: '/.flat/ab' });
    expect(lastingRef(tagged)).toBe('sw.example:/xrd:2.1');
    expect(lastingRef(image())).toBe('sw.example:/xrd/2.1.0.sif');
  });

  it('tick only what was really checked', () => {
    const facts = trustFacts(detail({ signatures: 2 }), repository, trans);
    expect(facts.map(({ isChecked }) => isChecked)).toEqual([true, false, false, false]);
    expect(facts[0]?.text).toContain('revision 42');
    expect(facts[1]?.text).toBe('2 signatures, not checked here');
    const named = trustFacts(detail({ signatures: 1, signers: ['AB12'] }), null, trans);
    expect(named[1]?.text).toBe('1 signature, not checked here · says it is by AB12');
    expect(facts[2]?.text).toContain('preview');
    expect(facts[3]?.text).toBe('not stated by the image');
    expect(trustFacts(detail({ trust: 'verified' }), null, trans)[2]?.isChecked).toBe(true);
  });

  it('say "not known" as –, and no signature as none', () => {
    expect(trustFacts(detail({ signatures: null }), null, trans)[1]?.text).toBe('–');
    expect(trustFacts(detail({ signatures: 0 }), null, trans)[1]?.text).toContain('none');
  });

  it('leave out a version that is not known', () => {
    expect(imageTitle({ name: 'xrd', version: null })).toBe('xrd');
  });
});

describe('section Software', () => {
  async function show(answer: ImagePage): Promise<FakeCommands['executed']> {
    const companion = new FakeCompanion();
    companion.answers['GET images'] = () => answer;
    const { registry: commands, executed } = new FakeCommands();
    render(createSoftwareSection(createImageSearch(companion, 20), commands).render());
    await settle();
    return executed;
  }

  it('shows name, size and what is known, and uses an image in a job', async () => {
    const executed = await show(page());
    const row = screen.getByRole('row');
    expect(row.textContent).toContain('xrd-tools 2.1.0');
    expect(row.textContent).toContain('412 MB');
    expect(row.textContent).toContain('repository verified');
    fireEvent.click(screen.getByRole('button', { name: 'Use in job' }));
    expect(executed).toEqual([['panosc-jobs:new', { image: image().ref }]]);
  });

  it('shows – for a size that would need a walk', async () => {
    await show(page({ items: [image({ kind: 'sandbox', sizeBytes: null })] }));
    expect(screen.getByRole('row').textContent).toContain('–');
    expect(screen.getByRole('row').textContent).toContain('sandbox folder');
  });

  it('says which repository could not be listed and does not call that empty', async () => {
    await show(
      page({
        items: [],
        problems: [{ repository: 'old.example', detail: 'Its whitelist has expired.' }]
      })
    );
    expect(screen.getByText('Its whitelist has expired.')).toBeTruthy();
    expect(screen.queryByText(/No image has/)).toBeNull();
  });

  it('teaches when there is nothing', async () => {
    await show(page({ items: [] }));
    expect(screen.getByText(/appear here/)).toBeTruthy();
  });
});

describe('tab Image', () => {
  async function show(answer: ImageDetail): Promise<{ titles: string[]; element: HTMLElement }> {
    const companion = new FakeCompanion();
    companion.answers['GET images/detail'] = () => answer;
    companion.answers['GET images'] = () => page();
    const titles: string[] = [];
    const { container } = render(
      createImageTab({
        imageRef: answer.ref,
        onTitle: title => titles.push(title),
        companion,
        commands: new FakeCommands().registry
      })
    );
    await settle();
    return { titles, element: container };
  }

  it('keeps four facts apart', async () => {
    const { titles } = await show(detail());
    const terms = screen.getAllByRole('term').slice(0, 4);
    expect(terms.map(term => term.textContent)).toEqual([
      'Repository',
      'Signatures',
      'Content',
      'Licence'
    ]);
    expect(titles).toEqual(['xrd-tools 2.1.0']);
  });

  it('shows texts of strangers as text', async () => {
    const { element } = await show(detail({ help: '<script>x</script>' }));
    expect(screen.getByText('<b>Ada</b>')).toBeTruthy();
    expect(screen.getByText('<script>x</script>')).toBeTruthy();
    expect(element.querySelector('b, script')).toBeNull();
  });

  it('says why something is missing', async () => {
    await show(detail({ note: 'The image is encrypted.' }));
    expect(screen.getByText('The image is encrypted.')).toBeTruthy();
  });

  it('field request 33: says size and why a first start is slower, and has a line that warms up', async () => {
    await show(detail());
    expect(screen.getByText(/of 412 MB, what is used comes over the network/)).toBeTruthy();
    expect(screen.getByText(/Which nodes have it is not known here/)).toBeTruthy();
    expect(
      screen.getByRole('button', { name: 'Copy a command that reads it beforehand on a node' })
    ).toBeTruthy();
  });

  it('field request 33: names no size where none is known, and reads a sandbox file by file', async () => {
    await show(detail({ kind: 'sandbox', sizeBytes: null }));
    expect(screen.queryByText(/ of –,/)).toBeNull();
    expect(warmUpCommand({ kind: 'sif', mountPath: "/cvmfs/a b/it's.sif" })).toBe(
      "cat '/cvmfs/a b/it'\\''s.sif' > /dev/null"
    );
    expect(warmUpCommand({ kind: 'sandbox', mountPath: '/cvmfs/x/s' })).toMatch(
      /^find '?\/cvmfs\/x\/s'? -type f -exec cat \{\} \+ > \/dev\/null$/
    );
  });
});
