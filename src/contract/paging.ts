import * as z from 'zod';

/** One page of a list. `cursor` is opaque; `null` means that this was the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), cursor: z.string().nullable() });

/** The shape that `pageOf` validates. */
export interface Page<T> {
  items: T[];
  cursor: string | null;
}

/** What a list request may ask: where to go on, and how many rows at most (1–200). */
export const PageQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50)
});
export type PageQuery = z.infer<typeof PageQuery>;
