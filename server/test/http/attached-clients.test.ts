import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, mock } from 'node:test';
import type { Request, Response } from 'express';
import { AttachedClients } from '../../src/http/attached-clients.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Attaches a client by a response that the test closes. */
function attach(clients: AttachedClients, kind: 'jupyter' | 'cli'): () => void {
  const response = Object.assign(new EventEmitter(), {
    writeHead: () => undefined,
    write: () => true,
    end: () => undefined
  });
  clients.attach(
    { query: { kind, pid: String(process.pid) }, get: () => undefined } as unknown as Request,
    response as unknown as Response
  );
  return () => response.emit('close');
}

describe('attached clients', () => {
  const setUp = (reasons: { busy: boolean; signedIn: boolean }) => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let now = 0;
    mock.method(performance, 'now', () => now);
    const state = { abandoned: 0 };
    const stateDir = tempDir('clients');
    const clients = new AttachedClients({
      stateDir,
      lingerMs: 3000,
      cliLingerMs: 60_000,
      firstClientMs: 20_000,
      reasons: { isBusy: () => reasons.busy, isSignedIn: () => reasons.signedIn },
      onAbandoned: () => state.abandoned++
    });
    const pass = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 500) {
        now += 500;
        mock.timers.tick(500);
      }
    };
    const end = (): void => {
      clients.stop();
      mock.timers.reset();
      mock.restoreAll();
    };
    const listed = (): { kind: string }[] =>
      JSON.parse(readFileSync(path.join(stateDir, 'clients.json'), 'utf8')) as { kind: string }[];
    return { clients, state, pass, end, listed };
  };

  it('ends soon after the last Jupyter server, whatever runs', () => {
    const { clients, end, pass, state } = setUp({ busy: true, signedIn: true });
    attach(clients, 'jupyter')();
    pass(2500);
    assert.equal(state.abandoned, 0);
    pass(1000);
    assert.equal(state.abandoned, 1);
    end();
  });

  it('stays for the next command while somebody is signed in, but not for ever', () => {
    const { clients, end, listed, pass, state } = setUp({ busy: false, signedIn: true });
    attach(clients, 'cli')();
    assert.deepEqual(
      listed().map(({ kind }) => kind),
      ['companion']
    );
    pass(59_000);
    assert.equal(state.abandoned, 0);
    pass(3000);
    assert.equal(state.abandoned, 1);
    end();
  });

  it('stays after a command line while it is busy, and ends soon when the work is done', () => {
    const reasons = { busy: true, signedIn: false };
    const { clients, end, pass, state } = setUp(reasons);
    attach(clients, 'cli')();
    pass(600_000);
    assert.equal(state.abandoned, 0);
    reasons.busy = false;
    pass(1500);
    assert.equal(state.abandoned, 1);
    end();
  });

  it('ends soon after a command line that left nothing behind', () => {
    const { clients, end, pass, state } = setUp({ busy: false, signedIn: false });
    attach(clients, 'cli')();
    pass(3500);
    assert.equal(state.abandoned, 1);
    end();
  });

  it('waits for the first client, and forgets the wait when one is there', () => {
    const { clients, end, pass, state } = setUp({ busy: false, signedIn: false });
    pass(10_000);
    const leave = attach(clients, 'jupyter');
    pass(60_000);
    assert.equal(state.abandoned, 0);
    leave();
    pass(3500);
    assert.equal(state.abandoned, 1);
    end();
  });

  it('refuses a page in the browser, which could name any process', () => {
    const { clients, end } = setUp({ busy: false, signedIn: false });
    const request = { query: { kind: 'jupyter', pid: '1' }, get: () => '/user/alice/panosc' };
    assert.throws(() => clients.attach(request as unknown as Request, {} as Response), {
      slug: 'not-the-relay'
    });
    end();
  });
});
