import type { ServerResponse } from 'node:http';

export type StreamEvent = {
  /** What it tells of: of several that wait for a slow reader, only the newest of each subject is kept. */
  readonly subject: string;
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
};

/** Who has not read the newest of so many subjects reads nothing: the connection is ended, the next one starts afresh. */
const MOST_WAITING = 1_000;
/** Heartbeats that found the reader stuck before it counts as gone. */
const MOST_STUCK_BEATS = 4;
/** How soon a browser comes again, ms. */
const RETRY_MS = 2_000;

/**
 * Server-sent events (WHATWG HTML §9.2) to one reader. Holds no more than the newest event of each subject: what the
 * reader is too slow for is left out, never buffered.
 */
export class EventStream {
  private readonly waiting = new Map<string, StreamEvent>();
  private readonly closeListeners = new Set<() => void>();
  private ending = false;
  private stuckBeats = 0;
  private over = false;

  /** Takes over the response, whose status is then 200. */
  constructor(private readonly response: ServerResponse) {
    response.on('close', () => this.finish());
    response.on('error', () => response.destroy());
    // Not reused afterwards: at a shutdown the socket closes with the stream.
    response.shouldKeepAlive = false;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    response.on('drain', () => this.flush());
    // It went away before this was made, and its 'close' has been.
    if (response.closed || response.destroyed) this.finish();
  }

  get closed(): boolean {
    return this.over;
  }

  /** Calls back once, whoever ended it; at once if it is over. */
  onClose(listener: () => void): void {
    if (this.over) listener();
    else this.closeListeners.add(listener);
  }

  send(event: StreamEvent): void {
    if (this.over || this.ending) return;
    this.waiting.delete(event.subject); // the newest goes to the end: order of subjects is the order of their news
    this.waiting.set(event.subject, event);
    if (this.waiting.size > MOST_WAITING) this.destroy();
    else this.flush();
  }

  /** Keeps proxies from closing a quiet stream, and notices a reader that is gone. */
  beat(): void {
    if (this.over) return;
    if (!this.response.writableNeedDrain) {
      this.stuckBeats = 0;
      this.response.write(':\n\n');
    } else if (++this.stuckBeats >= MOST_STUCK_BEATS) this.destroy();
  }

  /** Ends after what was sent. */
  end(): void {
    this.ending = true;
    this.flush();
  }

  /** Ends without waiting for a reader that is stuck. */
  endNow(): void {
    if (this.response.writableNeedDrain) this.destroy();
    else this.end();
  }

  private destroy(): void {
    this.waiting.clear();
    this.response.destroy();
  }

  private flush(): void {
    if (this.over) return;
    for (const [subject, event] of this.waiting) {
      if (this.response.writableNeedDrain) return;
      this.waiting.delete(subject);
      this.response.write(lines(event));
    }
    if (this.ending && !this.response.writableEnded) this.response.end();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.waiting.clear();
    for (const listener of this.closeListeners) listener();
    this.closeListeners.clear();
  }
}

/** JSON has no line break outside a string and escapes those inside, so one data line is enough. */
function lines({ event, id, data }: StreamEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
