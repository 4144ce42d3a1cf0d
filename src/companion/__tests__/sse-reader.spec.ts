import { SseReader, type ISseMessage } from '../sse-reader.ts';

const STREAM =
  'event: hello\ndata: {"a":1}\n\n: still here\n\nid: 7\nevent: transfer\r\ndata: {"x":\r\ndata: 2}\r\n\r\nid: 8\n: ready\n\ndata:no space\n\n';

const MESSAGES: ISseMessage[] = [
  { id: null, event: 'hello', data: '{"a":1}' },
  { id: '7', event: 'transfer', data: '{"x":\n2}' },
  { id: '8', event: 'message', data: null },
  { id: null, event: 'message', data: 'no space' }
];

describe('SseReader', () => {
  it('gives the same messages wherever the network cuts', () => {
    for (let size = 1; size <= STREAM.length; size += 1) {
      const reader = new SseReader();
      const seen: ISseMessage[] = [];
      for (let at = 0; at < STREAM.length; at += size) {
        seen.push(...reader.push(STREAM.slice(at, at + size)));
      }
      expect({ size, seen }).toEqual({ size, seen: MESSAGES });
    }
  });

  it('keeps what is not complete', () => {
    const reader = new SseReader();
    expect(reader.push('data: 1\n')).toEqual([]);
    expect(reader.push('\n')).toEqual([{ id: null, event: 'message', data: '1' }]);
  });
});
