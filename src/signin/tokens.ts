import { Token } from '@lumino/coreutils';
import type { IResource } from '../companion/resource.ts';
import type { SigninState } from '../contract/signin.ts';

/** Who is signed in, and signing in and out. Methods reject with a `ProblemError`. */
export interface ISignin extends IResource<SigninState> {
  /** Asks the provider for a code that the person enters (RFC 8628). */
  start(provider: string): Promise<void>;
  /** Gives up a sign-in that waits. */
  abandon(): Promise<void>;
  signOut(): Promise<void>;
}

export const ISignin = new Token<ISignin>(
  'jupyterlab-panosc:ISignin',
  'Who is signed in at the facility.'
);
