import { connect, createServer, type Server, type Socket } from 'node:net';

const TICK_MS = 5;
/** A line that stood still may catch up with so much. */
const BURST_MS = 50;

/** So many bytes a second, shared by whoever draws from it. */
export class TokenBucket {
  #free = 0;
  #atMs = performance.now();
  passed = 0;

  constructor(readonly bytesPerSecond: number) {}

  /** How many of `wanted` bytes may pass now; they are taken. */
  take(wanted: number): number {
    const nowMs = performance.now();
    const most = (this.bytesPerSecond * BURST_MS) / 1_000;
    this.#free = Math.min(most, this.#free + ((nowMs - this.#atMs) * this.bytesPerSecond) / 1_000);
    this.#atMs = nowMs;
    const taken = Math.min(wanted, Math.floor(this.#free));
    this.#free -= taken;
    this.passed += taken;
    return taken;
  }
}

/**
 * A line of TCP with a cap on one direction. `capped` says who sends what is capped: `listener` is the program behind this
 * line (an HTTP service's answers), `caller` the one that opens it (a service's upload to its broker).
 */
export class CappedLine {
  readonly #sockets = new Set<Socket>();
  readonly #queues: { readonly from: Socket; readonly to: Socket; held: Buffer[] }[] = [];
  #server: Server | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly target: number,
    private readonly bucket: TokenBucket,
    private readonly capped: 'listener' | 'caller',
  ) {}

  /** @returns the port to call instead of the target's */
  async start(port = 0): Promise<number> {
    const server = createServer((caller) => this.#join(caller));
    this.#server = server;
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    this.#timer = setInterval(() => this.#turn(), TICK_MS);
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.#server?.close(closed));
  }

  #join(caller: Socket): void {
    const listener = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [
      [caller, listener],
      [listener, caller],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        // What is still held must reach the other end first.
        if (!this.#queues.some(({ from, held }) => from === socket && held.length > 0)) other.destroy();
      });
    }
    const [from, to] = this.capped === 'listener' ? [listener, caller] : [caller, listener];
    to.pipe(from);
    const queue = { from, to, held: [] as Buffer[] };
    this.#queues.push(queue);
    from.on('data', (piece) => {
      queue.held.push(piece);
      // One piece is held at most: what is behind it waits in the sender.
      from.pause();
      this.#pass(queue);
    });
  }

  /** Each connection in turn, another one first each time: a line is shared fairly. */
  #turn(): void {
    for (const queue of [...this.#queues]) this.#pass(queue);
    const first = this.#queues.shift();
    if (!first) return;
    const over = first.held.length === 0 && (first.from.destroyed || first.to.destroyed);
    if (over || first.to.destroyed) first.to.destroy();
    else this.#queues.push(first);
  }

  #pass(queue: { readonly from: Socket; readonly to: Socket; held: Buffer[] }): void {
    const [piece] = queue.held;
    if (!piece || queue.to.destroyed) return;
    const bytes = this.bucket.take(piece.length);
    if (bytes > 0) queue.to.write(piece.subarray(0, bytes));
    queue.held = bytes < piece.length ? [piece.subarray(bytes)] : [];
    if (queue.held.length === 0) queue.from.resume();
  }
}
