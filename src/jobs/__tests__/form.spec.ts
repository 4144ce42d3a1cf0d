import { nullTranslator } from '@jupyterlab/translation';
import { emptyForm, formOf, readForm, type IJobForm } from '../job-form.ts';
import { formatMemory, parseMemory } from '../memory-size.ts';
import { prefill } from '../prefill.ts';
import { parseTimeLimit, writeTimeLimit } from '../time-limit.ts';

const trans = nullTranslator.load('jupyterlab_panosc');
const complete: IJobForm = {
  ...emptyForm,
  script: '#!/bin/bash\ntrue\n',
  name: 'recon',
  workdir: '/home/alice/work'
};

describe('time limit', () => {
  it.each([
    ['90', 90],
    ['2:00', 2],
    ['90:30', 91],
    ['2:0', 2],
    ['02:00:00', 120],
    ['1-2:30:30', 1591],
    ['2 h', 120],
    ['1:30:01', 91],
    ['1-12:00', 2160],
    ['2-00', 2880],
    ['2 h 30 min', 150],
    ['1.5h', 90],
    ['1 day', 1440],
    ['45 minutes', 45],
    ['0', null],
    ['', null],
    ['soon', null],
    ['999999999', null],
    ['3 h!', null]
  ])('reads %p as %p minutes', (text, minutes) => {
    expect(parseTimeLimit(text)).toBe(minutes);
  });

  it('reads what it writes', () => {
    for (const minutes of [1, 59, 60, 150, 1440, 1501, 10_080]) {
      expect(parseTimeLimit(writeTimeLimit(minutes))).toBe(minutes);
    }
  });
});

describe('memory', () => {
  it.each([
    ['16 GB', 16_384],
    ['16G', 16_384],
    ['16', 16_384],
    ['500 MB', 500],
    ['1.5 TiB', 1_572_864],
    ['0', null],
    ['lots', null],
    ['-1 GB', null]
  ])('reads %p as %p MB', (text, megabytes) => {
    expect(parseMemory(text)).toBe(megabytes);
  });

  it('reads what it writes', () => {
    for (const megabytes of [1, 500, 1024, 1500, 16_384]) {
      expect(parseMemory(formatMemory(megabytes))).toBe(megabytes);
    }
  });
});

describe('form and request', () => {
  it('leaves out what was not given', () => {
    expect(readForm(complete, trans)).toEqual({
      request: {
        name: 'recon',
        script: '#!/bin/bash\ntrue\n',
        workdir: '/home/alice/work',
        binds: []
      },
      findings: []
    });
  });

  it('asks for everything that was given, and back', () => {
    const form: IJobForm = {
      ...complete,
      cluster: 'hpc',
      partition: 'gpu',
      account: 'pan',
      time: '2 h',
      cpus: '4',
      memory: '16 GB',
      hasGpu: true,
      gpuType: 'a40',
      gpuCount: '2',
      image: 'sw.example:/x/1.sif',
      binds: [{ path: '/data', write: true }],
      result: 'result.png',
      comment: 'second try'
    };
    const { request } = readForm(form, trans);
    expect(request).toEqual({
      name: 'recon',
      script: form.script,
      workdir: '/home/alice/work',
      cluster: 'hpc',
      partition: 'gpu',
      account: 'pan',
      timeMinutes: 120,
      cpus: 4,
      memoryMB: 16_384,
      gpus: { type: 'a40', count: 2 },
      image: 'sw.example:/x/1.sif',
      binds: [{ path: '/data', write: true }],
      result: 'result.png',
      comment: 'second try'
    });
    expect(request === null ? null : formOf(request)).toEqual(form);
  });

  it('asks for any type of GPU without naming one', () => {
    expect(readForm({ ...complete, hasGpu: true }, trans).request?.gpus).toEqual({ count: 1 });
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ script: '' }, 'script'],
    [{ workdir: '' }, 'workdir'],
    [{ time: 'soon' }, 'timeMinutes'],
    [{ cpus: '0' }, 'cpus'],
    [{ cpus: '1.5' }, 'cpus'],
    [{ memory: 'much' }, 'memoryMB'],
    [{ hasGpu: true, gpuCount: '' }, 'gpus']
  ] as const)('says what is wrong with %p', (patch, field) => {
    const read = readForm({ ...complete, ...patch }, trans);
    expect(read.request).toBeNull();
    expect(read.findings.map(finding => finding.field)).toEqual([field]);
  });

  it('forgets folders that were left empty', () => {
    const binds = [{ path: ' ', write: false }];
    expect(readForm({ ...complete, binds }, trans).request?.binds).toEqual([]);
  });
});

describe('what a new job starts with', () => {
  const here = { workdir: '~/work', home: '/home/alice' };

  it('is a short script in the folder that the file browser shows', () => {
    const form = prefill({}, here, trans);
    expect(form.workdir).toBe('/home/alice/work');
    expect(form.script?.startsWith('#!/bin/bash\n')).toBe(true);
    expect(form.binds).toEqual([]);
  });

  it('binds the inputs and names them in the script, whatever they are called', () => {
    const form = prefill({ inputs: "~/data/it's $(rm)" }, here, trans);
    expect(form.binds).toEqual([{ path: "/home/alice/data/it's $(rm)", write: false }]);
    expect(form.script).toContain("INPUTS='/home/alice/data/it'\\''s $(rm)'\n");
  });

  it('calls the program it was started from', () => {
    const form = prefill({ program: 'my integrate.py', workdir: '/data' }, here, trans);
    expect(form.script).toContain("python3 'my integrate.py'\n");
    expect(form.name).toBe('my integrate');
    expect(form.workdir).toBe('/data');
  });

  it('takes a script as it is', () => {
    expect(prefill({ script: 'true', image: 'r:/i' }, here, trans)).toMatchObject({
      script: 'true',
      image: 'r:/i'
    });
  });
});
