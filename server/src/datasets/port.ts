import type { Dataset, DatasetFile, Page } from '#contract';
import type { CallContext } from '../core/call-context.ts';

/** A dataset as a catalogue knows it: "fits" is added by the service. */
export type CatalogueDataset = Omit<Dataset, 'fits'>;

/** A file as a catalogue lists it. */
export interface CatalogueFile extends Omit<DatasetFile, 'localPath'> {
  /** Null where the profile does not say how a path becomes an address. */
  readonly url: string | null;
  /** Path below the target folder: never absolute, no `..`. */
  readonly relativePath: string;
}

/** A file of a dataset that can be fetched. */
export interface LocatedFile extends CatalogueFile {
  readonly url: string;
}

/** From where a checksum can be had; `none` where the facility publishes none. */
export type ChecksumSource =
  | { readonly kind: 'manifest'; readonly name: string }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' };

/** A place to find data. Methods reject with a ProblemError; they never return "empty" for a failure. */
export interface Catalogue {
  readonly id: string;
  readonly title: string;
  readonly checksums: ChecksumSource;
  search(
    text: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<CatalogueDataset>>;
  /** Throws `dataset-not-found`. */
  get(pid: string, call: CallContext): Promise<CatalogueDataset>;
  files(
    pid: string,
    cursor: string | undefined,
    limit: number,
    call: CallContext
  ): Promise<Page<CatalogueFile>>;
}
