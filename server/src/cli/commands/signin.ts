import type { Facility, SigninState } from '#contract';
import { Unreachable, type CompanionClient } from '../companion-client.ts';
import { NoFacility, textOption, Usage, type Command } from '../command.ts';
import { interruptible } from '../follow.ts';
import { exitCodes, plain, type Terminal } from '../terminal.ts';
import { whenText } from '../when.ts';

async function waitForPerson(
  client: CompanionClient,
  terminal: Terminal,
  provider: string
): Promise<SigninState> {
  const events = client.events();
  let state = await client.post<SigninState>('/v1/signin', { provider });
  if (state.pending !== null) {
    const { verificationUriComplete, verificationUri, userCode, expiresAt } = state.pending;
    terminal.say(`Open   ${verificationUriComplete ?? verificationUri}`);
    terminal.say(`Enter  ${userCode}`);
    terminal.say(`on this or another device, before ${whenText(expiresAt, new Date())}. Waiting …`);
  }
  if (state.state !== 'pending') {
    return state;
  }
  for await (const event of events) {
    if (event.name === 'signin') {
      state = event.value;
    } else if (event.name === 'hello') {
      state = await client.get<SigninState>('/v1/signin');
    }
    if (state.state !== 'pending') {
      break;
    }
  }
  return state;
}

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
    if (active === null) {
      throw new NoFacility();
    }
    const provider = textOption(invocation, 'provider') ?? active.providers[0]?.id;
    if (provider === undefined) {
      throw new Usage('this facility has no sign-in service');
    }
    const state = await interruptible(
      () => ['Sign-in was not waited for. Start again: jupyter panosc signin'],
      () => waitForPerson(client, terminal, provider)
    );
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
        plain(state.problem?.detail ?? 'Nobody is signed in. Open data works without.'),
        'Sign in: jupyter panosc signin'
      ]);
      return exitCodes.needsPerson;
    }
    const { name, providerTitle, expiresAt, renews } = state.account;
    terminal.result(state, [
      `${plain(name)}, signed in at ${plain(providerTitle)}` +
        (renews ? ' (renewed by itself)' : ` until ${whenText(expiresAt, new Date())}`)
    ]);
    return exitCodes.ok;
  }
};
