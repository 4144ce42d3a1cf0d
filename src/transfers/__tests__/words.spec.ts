import { folderNameOf } from '../../contract/folder-name.ts';
import { finishedTransferStates, TransferState } from '../../contract/transfers.ts';
import { fakeTransfer } from '../../testing/fake-transfer.ts';
import { figuresText, isFinished, progressText } from '../words.ts';
import { trans } from './set-up.ts';

describe('folderName', () => {
  it.each([
    ['MA-0042 steel, load series', 'MA-0042-steel-load-series'],
    ['../../etc', 'etc'],
    ['.hidden', 'hidden'],
    ['x'.repeat(300), `${'x'.repeat(29)}-${'x'.repeat(10)}`],
    [
      'Fast tomography of a metal foam under load, 2026-05-01',
      'Fast-tomography-of-a-metal-2026-05-01'
    ],
    ['日本', 'dataset']
  ])('%p becomes %p', (title, name) => {
    expect(folderNameOf(title)).toBe(name);
  });

  it('cuts a long title at a word and keeps the end of the PID', () => {
    const title = 'Serial crystallography of lysozyme at room temperature, sample A';
    expect(folderNameOf(title, '10.5072/ma-0042')).toBe('Serial-crystallography-of-ma-0042');
  });
});

describe('words', () => {
  it('agrees with the contract on what is finished', () => {
    for (const state of TransferState.options) {
      expect([state, isFinished(fakeTransfer({ state }))]).toEqual([
        state,
        finishedTransferStates.includes(state)
      ]);
    }
  });

  it('gives a percentage only when the total is known', () => {
    expect(progressText(fakeTransfer(), trans)).toBe('61 %');
    const unknown = fakeTransfer({
      bytes: 12e9,
      bytesTotal: null,
      files: { total: null, done: 340, verified: 0, failed: 0, here: 0 },
      rate: null
    });
    expect(progressText(unknown, trans)).toBe('12 GB, 340 files so far');
    expect(figuresText(unknown, trans)).toBe('12 GB so far · 340 files so far');
  });
});
