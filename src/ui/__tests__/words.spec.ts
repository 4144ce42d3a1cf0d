import { nullTranslator } from '@jupyterlab/translation';
import { formatBytes, formatCount, formatRate } from '../bytes.ts';
import { exactTime, formatClock, formatDate, formatDuration } from '../time.ts';

const trans = nullTranslator.load('jupyterlab_panosc');

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [999_600, '1 MB'],
    [84e9, '84 GB'],
    [1.2e12, '1.2 TB'],
    [-83e9, '−83 GB'],
    [null, '–'],
    [undefined, '–'],
    [Number.NaN, '–']
  ])('%p is written %p', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('never makes a nought of what is unknown', () => {
    expect(formatRate(null, trans)).toBe('–');
    expect(formatRate(118e6, trans)).toBe('118 MB/s');
    expect(formatCount(null)).toBe('–');
    expect(formatCount(0)).toBe('0');
  });
});

describe('time', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [180, '3 min'],
    [3_599, '1 h'],
    [4_800, '1 h 20 min'],
    [7_200, '2 h'],
    [183_600, '2 d 3 h'],
    [null, '–']
  ])('%p seconds are %p', (seconds, text) => {
    expect(formatDuration(seconds, trans)).toBe(text);
  });

  it('writes a time of today short and of another day with its day', () => {
    const now = new Date(2026, 10, 24, 18, 0);
    expect(formatClock(new Date(2026, 10, 24, 14, 20).toISOString(), now)).toBe('14:20');
    expect(formatClock(new Date(2026, 10, 23, 14, 20).toISOString(), now)).toContain('23');
    expect(formatClock('nonsense', now)).toBe('–');
    expect(formatClock(null, now)).toBe('–');
    expect(exactTime(null)).toBeUndefined();
  });
});

describe('the language that Lab speaks', () => {
  afterEach(() => document.documentElement.removeAttribute('lang'));

  it.each([
    ['de-DE', '24. Nov. 2026', '1,5 kB'],
    ['fr_FR', '24 nov. 2026', '1,5 kB']
  ])('writes dates and numbers in %s', (language, date, bytes) => {
    document.documentElement.lang = language;
    expect(formatDate('2026-11-24T12:00:00Z')).toBe(date);
    expect(formatBytes(1_500)).toBe(bytes);
  });
});
