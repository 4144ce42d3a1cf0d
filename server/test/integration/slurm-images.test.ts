import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { publishRepository } from '../fakes/cvmfs/publisher.ts';
import { makeRepositoryKeys } from '../fakes/cvmfs/repository-keys.ts';
import { serveRepository, type RepositoryServer } from '../fakes/cvmfs/serve.ts';
import { makeSif } from '../fakes/sif/writer.ts';
import { Alice, type AliceOptions } from '../jobs/alice.ts';
import { startCluster, whyNoCluster, type Cluster } from '../support/cluster.ts';
import { tempDir } from '../support/temp-dir.ts';

const skip = whyNoCluster() ?? false;
const fqrn = 'jobs.test.example';

describe('a job in an image, on a real Slurm', { skip }, () => {
  let cluster: Cluster;
  let server: RepositoryServer;
  let repositories: readonly object[];
  const target = tempDir('jobs-cvmfs');
  before(async () => {
    cluster = startCluster();
    const keys = makeRepositoryKeys(fqrn, Date.now());
    publishRepository({
      target,
      fqrn,
      keys,
      nowMs: Date.now(),
      items: [
        { path: '/images/bragg_1.0.sif', content: makeSif() },
        { path: "/images/it's $(id).sif", content: makeSif() },
        { path: '/secret/other.sif', content: makeSif() }
      ]
    });
    server = await serveRepository({ fqrn, root: target });
    repositories = [
      {
        kind: 'cvmfs-http',
        fqrn,
        title: 'Test images',
        servers: [server.url.href],
        keys: [keys.masterPublic],
        roots: [{ path: '/images', layout: 'flat' }]
      }
    ];
  });
  after(async () => {
    await server.close();
    await cluster.stop();
  });

  const withImages = async (name: string, options: AliceOptions): Promise<Alice> => {
    const alice = new Alice(cluster, name, { repositories, ...options });
    await alice.start();
    return alice;
  };
  const image = `${fqrn}:/images/bragg_1.0.sif`;

  it('fails on the node, with one sentence, where Apptainer is missing', async () => {
    const alice = await withImages('none', { cluster: { apptainer: 'apptainer-of-nobody' } });
    const job = await alice.submit({ image, script: '#!/bin/bash\ntouch ran\n' });
    const ended = await alice.until(job.id, 'its end', ({ state }) => state === 'failed');
    assert.equal(ended.exitCode, 3);
    const { text } = await alice.log(job.id, 'err');
    assert.match(
      text,
      /^Apptainer \("apptainer-of-nobody"\) is not installed on this node\. .*\n$/
    );
    assert.match(ended.reason ?? '', /^Apptainer .* is not installed on this node/);
    assert.equal(ended.ranWithoutImage, false);
    assert.ok(!existsSync(path.join(alice.home, 'ran')));
    await alice.stop();
  });

  it('fails on the node where the repository is not mounted', async () => {
    const alice = await withImages('unmounted', { cluster: { apptainer: 'true' } });
    const job = await alice.submit({ image });
    const ended = await alice.until(job.id, 'its end', ({ state }) => state === 'failed');
    assert.equal(ended.exitCode, 3);
    assert.match(
      (await alice.log(job.id, 'err')).text,
      new RegExp(`/cvmfs/${fqrn}/images/bragg_1.0.sif cannot be seen on this node`)
    );
    await alice.stop();
  });

  it('runs without the image only where the profile allows it, and says so', async () => {
    const alice = await withImages('allowed', {
      cluster: { apptainer: 'apptainer-of-nobody', allow_without_image: true }
    });
    const job = await alice.submit({
      image,
      script: '#!/bin/sh\necho "I am $0 in $PWD"\nexit 6\n'
    });
    const ended = await alice.until(job.id, 'its end', ({ state }) => state === 'failed');
    assert.equal(ended.ranWithoutImage, true);
    assert.equal(ended.exitCode, 6, 'the exit code of the script, not of what surrounds it');
    assert.match((await alice.log(job.id)).text, new RegExp(` in ${alice.home}\n$`));
    assert.match((await alice.log(job.id, 'err')).text, /WITHOUT the image/);
    await alice.stop();
  });

  it('hands image, binds and GPUs to Apptainer as they were asked for', async () => {
    const bin = cluster.folder('alice', 'stand-in');
    const alice = await withImages('argv', {
      env: { PATH: `${bin}:/usr/bin:/bin` },
      cluster: { apptainer: 'apptainer' }
    });
    alice.program(
      bin,
      'apptainer',
      `#!/bin/bash\nprintf '%s\\0' "$@" > "${bin}/argv-$SLURM_JOB_ID"\nenv > "${bin}/env-$SLURM_JOB_ID"\nexec "\${@: -1}"\n`
    );
    const data = path.join(alice.home, 'data');
    mkdirSync(data);
    // The repository is served, not mounted: the very script, with a file in place of the image, shows the command.
    const wish = {
      image,
      partition: 'gpu',
      gpus: { type: 'a40', count: 2 },
      binds: [{ path: data }, { path: alice.home, write: true }],
      script: '#!/bin/bash\necho "inside: $0"\n'
    };
    const { script } = await alice.preview(wish);
    const mount = path.join(alice.home, 'mount.sif');
    writeFileSync(mount, '');
    const runnable = script
      .replace(`image='/cvmfs/${fqrn}/images/bragg_1.0.sif'`, `image='${mount}'`)
      .replaceAll('/.panosc/ID', '');
    assert.ok(runnable.includes(mount), script);
    for (const gpus of [true, false]) {
      const text = gpus
        ? runnable
        : (await alice.preview({ ...wish, gpus: undefined, partition: 'cpu' })).script
            .replace(/^image=.*$/m, `image='${mount}'`)
            .replaceAll('/.panosc/ID', '');
      const file = alice.program(bin, 'script.sh', text);
      const { stdout } = cluster.run(
        'alice',
        [
          'env',
          `PATH=${bin}:/usr/bin:/bin`,
          'sbatch',
          '--wait',
          '--parsable',
          `--output=${bin}/out`,
          file
        ],
        alice.home
      );
      const id = stdout.trim();
      const argv = readFileSync(path.join(bin, `argv-${id}`), 'utf8')
        .split('\0')
        .slice(0, -1);
      assert.deepEqual(argv.slice(0, -1), [
        'exec',
        '--cleanenv',
        ...(gpus ? ['--nv'] : []),
        '--bind',
        `${alice.home}:${alice.home},${data}:${data}:ro,${alice.home}:${alice.home}`,
        '--pwd',
        alice.home,
        mount
      ]);
      assert.match(readFileSync(path.join(bin, 'out'), 'utf8'), /^inside: /);
      const env = readFileSync(path.join(bin, `env-${id}`), 'utf8');
      assert.equal(/^APPTAINERENV_CUDA_VISIBLE_DEVICES=\d,\d$/m.test(env), gpus);
      assert.match(env, new RegExp(`^APPTAINERENV_SLURM_JOB_ID=${id}$`, 'm'));
    }
    await alice.stop();
  });

  it('resolves the image before anything is submitted, and refuses what is not listed', async () => {
    const alice = await withImages('resolve', {});
    const before = alice.queue();
    const strange = await alice.preview({ image: `${fqrn}:/images/it's $(id).sif` });
    assert.deepEqual(strange.findings, []);
    assert.ok(
      strange.script.includes(String.raw`image='/cvmfs/${fqrn}/images/it'\''s $(id).sif'`),
      strange.script
    );
    for (const ref of [
      `${fqrn}:/images/none.sif`,
      `${fqrn}:/secret/other.sif`,
      `${fqrn}:/images/../secret/other.sif`,
      `${fqrn}:/images`,
      'other.example:/images/bragg_1.0.sif',
      'no-colon'
    ]) {
      const { body, status } = await alice.post({ image: ref });
      assert.equal(status, 422, ref);
      assert.equal(body.extra?.['field'], 'image', ref);
      assert.match(body.detail, /^[^\n]+\.$/);
    }
    assert.deepEqual(alice.queue(), before);
    await alice.stop();
  });
});
