import type { Fetchable } from '../contract/copy-as/pull.ts';
import type { StartTransfer, TransferListing } from '../contract/transfers.ts';
import type { ICompanion } from './tokens.ts';

/** Where the files of a pull are (by its wish) or of a transfer (by its id), or why that cannot be said. */
export async function askListing(
  companion: ICompanion,
  of: StartTransfer | { readonly id: string }
): Promise<Fetchable> {
  try {
    const listing =
      'id' in of
        ? await companion.get<TransferListing>(`transfers/${encodeURIComponent(of.id)}/listing`)
        : await companion.post<TransferListing>('transfers/listing', of);
    return { listing };
  } catch (error) {
    return { whyNot: companion.problemOf(error).detail };
  }
}
