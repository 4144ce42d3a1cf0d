import type { TranslationBundle } from '@jupyterlab/translation';
import type { Image, ImageDetail, RepositoryState } from '../contract/images.ts';
import { UNKNOWN } from '../ui/bytes.ts';
import { formatDate } from '../ui/time.ts';

/** `xrd-tools 2.1.0`; the name alone where no version is known. */
export function imageTitle(image: Pick<Image, 'name' | 'version'>): string {
  return image.version === null ? image.name : `${image.name} ${image.version}`;
}

/** What kind of thing it is. */
export function kindText(kind: Image['kind'], trans: TranslationBundle): string {
  return kind === 'sif' ? trans.__('SIF file') : trans.__('sandbox folder');
}

/** One of the four facts: kept apart, because each says something else. */
export interface ITrustFact {
  readonly name: string;
  /** In words; a tick stands only for what was really checked. */
  readonly text: string;
  readonly isChecked: boolean;
}

function signatureText(
  { signatures, signers }: Pick<ImageDetail, 'signatures' | 'signers'>,
  trans: TranslationBundle
): string {
  if (signatures === null) {
    return UNKNOWN;
  }
  if (signatures === 0) {
    return trans.__('none; most images carry none');
  }
  const count = trans._n(
    '%1 signature, not checked here',
    '%1 signatures, not checked here',
    signatures
  );
  // Anybody can write any fingerprint: a claim, and said as one.
  return signers.length === 0
    ? count
    : `${count} · ${trans.__('says it is by %1', signers.join(', '))}`;
}

/** Repository, signatures, content and licence: what is known of each. */
export function trustFacts(
  image: ImageDetail,
  repository: RepositoryState | null,
  trans: TranslationBundle
): readonly ITrustFact[] {
  const details =
    repository === null
      ? []
      : [
          trans.__('published %1', formatDate(repository.publishedAt)),
          trans.__('list of keys valid until %1', formatDate(repository.whitelistExpiresAt))
        ];
  return [
    {
      name: trans.__('Repository'),
      text: [trans.__('verified, revision %1', image.revision), ...details].join(' · '),
      isChecked: true
    },
    {
      name: trans.__('Signatures'),
      text: signatureText(image, trans),
      isChecked: false
    },
    {
      name: trans.__('Content'),
      text:
        image.trust === 'verified'
          ? trans.__('verified: every byte agrees with the repository')
          : trans.__('preview: read from the first bytes, not hashed as a whole'),
      isChecked: image.trust === 'verified'
    },
    {
      name: trans.__('Licence'),
      text: image.licence ?? trans.__('not stated by the image'),
      isChecked: false
    }
  ];
}
