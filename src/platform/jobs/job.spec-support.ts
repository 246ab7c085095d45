import { get, type IncomingMessage } from 'node:http';

export function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`aborted: ${signal.reason}`)));
  });

export type ReadEvent = { readonly id: string; readonly event: string; readonly data: Record<string, unknown> };

/** An EventSource over a real socket, of which a spec can ask: what came next? */
export class EventReader {
  private text = '';
  private readonly blocks: string[] = [];
  private ended = false;
  private heard = deferred();

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      this.text += text;
      const blocks = this.text.split('\n\n');
      this.text = blocks.pop() ?? '';
      this.blocks.push(...blocks);
      this.heard.resolve();
    });
    response.on('error', () => {}); // cut off: 'close' follows
    response.on('close', () => {
      this.ended = true;
      this.heard.resolve();
    });
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      get(url, { headers, agent: false }, (response) => resolve(new EventReader(response))).on('error', reject);
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** What stands between two empty lines, comments too; null: the stream has ended. */
  async block(): Promise<string | null> {
    for (;;) {
      const block = this.blocks.shift();
      if (block !== undefined) return block;
      if (this.ended) return null;
      this.heard = deferred();
      await this.heard.promise;
    }
  }

  async next(): Promise<ReadEvent | null> {
    for (;;) {
      const block = await this.block();
      if (block === null) return null;
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
      if (fields.data !== undefined) return { id: fields.id, event: fields.event, data: JSON.parse(fields.data) };
    }
  }

  /** The first event that fits; those before it are passed over. */
  async until(fits: (event: ReadEvent) => boolean): Promise<ReadEvent> {
    for (;;) {
      const event = await this.next();
      if (event === null) throw new Error('the stream ended before the event came');
      if (fits(event)) return event;
    }
  }

  /** All that is left, of a stream that ends. */
  async rest(): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  close(): void {
    this.response.destroy();
  }
}
