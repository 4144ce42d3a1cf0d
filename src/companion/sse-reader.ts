/** One server-sent event, or only an id (an event without data moves the id and is not dispatched). */
export interface ISseMessage {
  readonly id: string | null;
  readonly event: string;
  readonly data: string | null;
}

/**
 * Cuts a server-sent event stream into messages (WHATWG HTML §9.2.6). `push` takes text as it arrives
 * and returns what is complete. Browsers' own EventSource cannot send the headers that Jupyter needs.
 */
export class SseReader {
  #rest = '';

  push(text: string): ISseMessage[] {
    // A lone CR at the end may be the first half of CR LF: it stays until more comes.
    const all = this.#rest + text;
    const held = all.endsWith('\r') ? '\r' : '';
    const blocks = all
      .slice(0, all.length - held.length)
      .replace(/\r\n?/g, '\n')
      .split('\n\n');
    this.#rest = (blocks.pop() ?? '') + held;
    return blocks.map(parseBlock).filter(message => message.id !== null || message.data !== null);
  }
}

function parseBlock(block: string): ISseMessage {
  let id: string | null = null;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === 0) {
      continue; // a comment, such as the heartbeat
    }
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') {
      id = value;
    } else if (field === 'event') {
      event = value;
    } else if (field === 'data') {
      data.push(value);
    }
  }
  return { id, event, data: data.length === 0 ? null : data.join('\n') };
}
