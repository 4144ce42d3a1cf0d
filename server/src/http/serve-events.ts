import type { Request, Response } from 'express';
import { CONTRACT } from '#contract';
import type { EventLog, StoredEvent } from '../store/event-log.ts';

const HEARTBEAT_MS = 15_000;
/** A reader that leaves this much unread is cut off; it comes back with `Last-Event-ID`. */
const MAX_UNREAD_BYTES = 1_000_000;

function frame(event: StoredEvent): string {
  return `id: ${event.seq}\nevent: ${event.name}\ndata: ${event.data}\n\n`;
}

/** `GET /v1/events`: one stream for a browser, resumed by `Last-Event-ID` (WHATWG HTML, server-sent events). */
export function serveEvents(events: EventLog, version: string) {
  return (request: Request, response: Response): void => {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no'
    });
    const write = (text: string): void => {
      response.write(text);
      if (response.writableLength > MAX_UNREAD_BYTES) {
        response.destroy();
      }
    };
    const last = Number(
      request.get('last-event-id') ?? request.query['last-event-id'] ?? Number.NaN
    );
    write(`event: hello\ndata: ${JSON.stringify({ version, contract: CONTRACT })}\n\n`);
    if (Number.isSafeInteger(last)) {
      const missed = events.since(last);
      write(
        missed === null
          ? `id: ${events.last()}\nevent: reset\ndata: {}\n\n`
          : missed.map(frame).join('')
      );
    } else {
      write(`id: ${events.last()}\n: ready\n\n`);
    }
    const stopListening = events.listen(event => write(frame(event)));
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
    response.on('close', () => {
      clearInterval(heartbeat);
      stopListening();
    });
  };
}
