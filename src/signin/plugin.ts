import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Resource } from '../companion/resource.ts';
import { ICompanion } from '../companion/tokens.ts';
import type { SigninState } from '../contract/signin.ts';
import { ISignin } from './tokens.ts';

class SigninModel extends Resource<SigninState> implements ISignin {
  readonly #door: ICompanion;

  constructor(companion: ICompanion) {
    super(companion, 'signin');
    this.#door = companion;
    companion.events.on('signin').connect((_, state) => this.set(state), this);
    companion.events.on('facility').connect(() => void this.refresh(), this);
  }

  async start(provider: string): Promise<void> {
    this.#door.events.start();
    this.set(await this.#door.post<SigninState>('signin', { provider }));
  }

  async abandon(): Promise<void> {
    this.set(await this.#door.delete<SigninState>('signin/pending'));
  }

  async signOut(): Promise<void> {
    this.set(await this.#door.post<SigninState>('signout'));
  }
}

/** Provides who is signed in. */
export const signinPlugin: JupyterFrontEndPlugin<ISignin> = {
  id: 'jupyterlab-panosc:signin',
  description: 'Who is signed in at the facility.',
  autoStart: true,
  requires: [ICompanion],
  provides: ISignin,
  activate: (_app: JupyterFrontEnd, companion: ICompanion) => new SigninModel(companion)
};
