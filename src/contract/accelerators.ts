import * as z from 'zod';

/** GPUs of one type in one partition. `null` is "not known". */
export const Accelerator = z.object({
  cluster: z.string(),
  partition: z.string(),
  /** GRES type such as `a40`; `gpu` when the cluster names none. */
  type: z.string(),
  total: z.number().int(),
  free: z.number().int().nullable(),
  /** The most that one node has. */
  perNode: z.number().int(),
  isUp: z.boolean()
});
export type Accelerator = z.infer<typeof Accelerator>;
export const AcceleratorList = z.object({
  items: z.array(Accelerator),
  /** When this was read from the cluster. */
  at: z.string().nullable(),
  /** One sentence when nothing can be known here. */
  note: z.string().nullable()
});
export type AcceleratorList = z.infer<typeof AcceleratorList>;
