/** Every command of the documents about installing is run as it stands there, in an environment made for it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { endEverything } from '../../demo/end-everything.ts';
import { blocksOf, type Block } from './document-blocks.ts';
import { filesBelow, makeFreshEnvironment, type FreshEnvironment } from './fresh-environment.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');

function carryOut(block: Block, fresh: FreshEnvironment): void {
  switch (block.what.kind) {
    case 'run': {
      const { code, said } = fresh.shell(block.text);
      const { exitCodes } = block.what;
      assert.ok(exitCodes.includes(code ?? -1), `${block.place} ended with ${code}:\n${said}`);
      return;
    }
    case 'file': {
      const file = path.resolve(fresh.home, block.what.path.replace('$PREFIX', fresh.prefix));
      if (file.endsWith('.json')) {
        JSON.parse(block.text);
      }
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, block.text);
      return;
    }
    case 'not run':
      return;
  }
}

/** What was there before a document was followed from its beginning to its end, where everything is removed. */
async function follow(document: string, hasUserPackages: boolean): Promise<string[]> {
  const fresh = makeFreshEnvironment(hasUserPackages);
  try {
    const before = filesBelow(fresh.prefix);
    for (const block of blocksOf(path.join(docs, document))) {
      if (block.what.kind === 'run' && block.text.includes('uninstall')) {
        await endEverything(fresh.stateDir);
      }
      carryOut(block, fresh);
    }
    assert.equal(existsSync(fresh.stateDir), false, 'the state folder is gone');
    assert.deepEqual(readdirSync(fresh.runtime), [], 'the folder for sockets is gone');
    const left = filesBelow(fresh.prefix).filter(file => !before.includes(file));
    return [...left, ...filesBelow(fresh.home).map(file => `~/${file}`)];
  } finally {
    await fresh.remove();
  }
}

test('docs/user/install.md, as a person without an administrator', async () => {
  const left = await follow('user/install.md', true);
  assert.deepEqual(
    left.filter(file => /panosc|nodejs/i.test(file)),
    []
  );
});

test('docs/admin/install.md, as an administrator', async () => {
  const left = await follow('admin/install.md', false);
  assert.deepEqual(
    left.filter(file => !file.startsWith('~/')),
    ['etc/jupyter/labconfig/page_config.json']
  );
  assert.deepEqual(
    left.filter(file => /panosc|nodejs/i.test(file)),
    []
  );
});

test('the lines for images', async () => {
  const recipes = path.join(docs, 'admin', 'recipes');
  const dockerfile = readFileSync(path.join(recipes, 'egi.Dockerfile'), 'utf8');
  const egi = dockerfile
    .split('\n')
    .filter(line => line.startsWith('RUN '))
    .map(line => line.slice('RUN '.length))
    .join('\n');
  const visa = readFileSync(path.join(recipes, 'visa.sh'), 'utf8');
  const fresh = makeFreshEnvironment(false);
  try {
    for (const [lines, facility] of [
      [egi, 'egi'],
      [visa, 'ill']
    ] as const) {
      const { code, said } = fresh.shell(lines);
      assert.equal(code, 0, said);
      const chosen = fresh.shell('jupyter panosc --json facility');
      const told = JSON.parse(chosen.stdout) as { active: { id: string } | null };
      assert.equal(told.active?.id, facility, chosen.said);
      await endEverything(fresh.stateDir);
    }
  } finally {
    await fresh.remove();
  }
});
