import type { Facility, SigninState } from '#contract';
import { Unreachable } from '../companion-client.ts';
import { textOption, Usage, type Command } from '../command.ts';
import { exitCodes, plain } from '../terminal.ts';

/** Starts a device grant, shows link and code, waits for the person. */
export const signin: Command = {
  usage: 'signin',
  summary: 'sign in at your facility',
  options: {
    provider: {
      type: 'string',
      value: 'ID',
      help: 'which sign-in service, where the facility has several'
    }
  },
  operands: [0, 0],
  async run(invocation) {
    const { client, terminal } = invocation;
    const { active } = await client.get<Facility>('/v1/facility');
    const provider = textOption(invocation, 'provider') ?? active?.providers[0]?.id;
    if (provider === undefined) {
      throw new Usage('this facility has no sign-in service');
    }
    const events = client.events();
    let state = await client.post<SigninState>('/v1/signin', { provider });
    if (state.pending !== null) {
      const { verificationUriComplete, verificationUri, userCode } = state.pending;
      terminal.say(`Open   ${verificationUriComplete ?? verificationUri}`);
      terminal.say(`Enter  ${userCode}`);
    }
    for await (const event of events) {
      if (state.state !== 'pending') {
        break;
      }
      if (event.name === 'signin') {
        state = event.value;
      } else if (event.name === 'hello') {
        state = await client.get<SigninState>('/v1/signin');
      }
      if (state.state !== 'pending') {
        break;
      }
    }
    if (state.state === 'pending') {
      throw new Unreachable(
        'The companion ended, and the sign-in with it. Start again: jupyter panosc signin'
      );
    }
    if (state.account === null) {
      terminal.say(plain(state.problem?.detail ?? 'Sign-in was given up.'));
      terminal.result(state, []);
      return exitCodes.failed;
    }
    terminal.result(state, [
      `Signed in as ${plain(state.account.name)} (${plain(state.account.providerTitle)}).`
    ]);
    return exitCodes.ok;
  }
};

/** Forgets the tokens and revokes them. */
export const signout: Command = {
  usage: 'signout',
  summary: 'sign out: forget and revoke the tokens',
  options: {},
  operands: [0, 0],
  async run({ client, terminal }) {
    const state = await client.post<SigninState>('/v1/signout');
    terminal.result(state, ['Signed out.']);
    return exitCodes.ok;
  }
};

/** Says who is signed in; exit 3 when nobody is. */
export const whoami: Command = {
  usage: 'whoami',
  summary: 'say who is signed in, and for how long',
  options: {},
  operands: [0, 0],
  async run({ client, terminal }) {
    const state = await client.get<SigninState>('/v1/signin');
    if (state.account === null || state.state === 'needs-you') {
      terminal.result(state, [
        'Nobody is signed in. Open data works without; else: jupyter panosc signin'
      ]);
      return exitCodes.needsPerson;
    }
    const { name, providerTitle, expiresAt, renews } = state.account;
    terminal.result(state, [
      `${plain(name)} at ${plain(providerTitle)}, ${renews ? 'renewed by itself' : `until ${expiresAt}`}`
    ]);
    return exitCodes.ok;
  }
};
