import type { Accelerator } from '#contract';
import type { CallContext } from '../core/call-context.ts';

/** A place whose GPUs may be asked for. Methods reject with a ProblemError. */
export interface AcceleratorSource {
  /** GPUs by type and partition; empty when there are none. */
  list(call: CallContext): Promise<Accelerator[]>;
}
