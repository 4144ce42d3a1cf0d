import { randomBytes } from 'node:crypto';
import type { TreeItem } from '../fakes/cvmfs/tree.ts';
import { fqrn } from './cvmfs-setup.ts';

export const MEGABYTE = 1024 * 1024;
/** Bytes that cannot be packed. */
export const big = randomBytes(3 * MEGABYTE + 77);
const latin1 = Buffer.from('/images/latin1-\xe9.sif', 'latin1');
const S_IFIFO = 0o010_644;

/** A tree with one of each kind. */
export const items: TreeItem[] = [
  { path: '/images/a.sif', content: 'a', mtimeMs: 1_772_366_400_000, mode: 0o755 },
  { path: '/images/B.sif', content: 'B' },
  { path: '/images/ä.sif', content: 'umlaut' },
  { path: latin1, content: 'latin' },
  { path: '/images/empty', content: '' },
  { path: '/images/hidden', content: 'x', extraFlags: 0x8000 },
  { path: '/images/outside', content: 'x', extraFlags: 128 },
  { path: '/images/pipe', mode: S_IFIFO },
  { path: '/images/latest', link: 'a.sif' },
  { path: '/nested/.cvmfscatalog', content: '' },
  { path: '/nested/inner/.cvmfscatalog', content: '' },
  { path: '/nested/inner/deep/x.sif', content: 'deep' },
  { path: '/nested-not/y.sif', content: 'y' },
  { path: '/big/big.sif', content: big },
  { path: '/links/out', link: '/etc/passwd' },
  { path: '/links/climb', link: '../../etc/passwd' },
  { path: '/links/loop-a', link: 'loop-b' },
  { path: '/links/loop-b', link: 'loop-a' },
  { path: '/links/nowhere', link: 'nothing' },
  { path: '/links/empty', link: '' },
  { path: '/links/inside', link: `/cvmfs/${fqrn}/nested/inner` },
  { path: '/links/other', link: '/cvmfs/other.example.org/x' },
  { path: '/links/prefix', link: `/cvmfs/${fqrn}.evil/x` },
  { path: '/links/root', link: `/cvmfs/${fqrn}` },
  { path: '/links/variant', link: '$(WHICH:-../images)/a.sif' },
  { path: '/links/variant-bare', link: '$(WHICH)' },
  { path: '/links/file-as-folder', link: '../images/a.sif/x' }
];
