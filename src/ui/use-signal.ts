import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/**
 * Renders again whenever the signal is emitted.
 *
 * #### Notes
 * The emission itself is the change: what is read from the sender may be the same mutable object.
 */
export function useSignal<S, A>(signal: ISignal<S, A>): void {
  const [, renderAgain] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const onEmit = (): void => renderAgain();
    signal.connect(onEmit);
    // Something may have happened between the first render and this effect.
    renderAgain();
    return () => {
      signal.disconnect(onEmit);
    };
  }, [signal]);
}
