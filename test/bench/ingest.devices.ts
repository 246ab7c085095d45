import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { topics } from '../../devices/protocol/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { LightLink } from './light-link.js';

/**
 * Light controllers with a backlog each: real sockets, tokens and rights; messages that were signed before, each sent until its
 * acknowledgement says that it is kept. One JSON line each way: the settings first, then the word to go.
 *
 *     {"port":1883,"file":"…","atOnce":100,"atOnceEach":1,"devices":[…]}   → {"event":"connected"}
 *     {"cmd":"go"}   → {"event":"done","ms":…,"bytes":…,"again":…} when everything is acknowledged
 */
interface Settings {
  readonly port: number;
  /** Lines of `index of the device, tab, number of the last receipt, tab, message`. */
  readonly file: string;
  /** Messages under way: of all devices together, and of each. */
  readonly atOnce: number;
  readonly atOnceEach: number;
  readonly devices: readonly EnrolledDevice[];
}

interface Message {
  readonly payload: Buffer;
  readonly last: number;
  sentMs: number;
}

const AGAIN_MS = 20_000;
const PING_MS = 45_000;

class BackloggedDevice {
  readonly #link: LightLink;
  readonly waiting: Message[] = [];
  readonly underWay: Message[] = [];

  constructor(
    private readonly me: EnrolledDevice,
    port: number,
    onReady: () => void,
    private readonly onAcked: (messages: number) => void,
  ) {
    this.#link = new LightLink(me, {
      connected: () => this.#link.subscribe([topics.down(me.id, 'acks')]),
      subscribed: onReady,
      message: (_, payload) => this.#acknowledged(payload),
    });
    this.#link.connect({ port, againMs: null });
  }

  /** @returns bytes */
  sendNext(): number {
    const next = this.waiting.shift();
    if (!next) return 0;
    this.underWay.push(next);
    this.#send(next);
    return next.payload.length;
  }

  /** What nobody acknowledged goes out again. @returns how many */
  sendAgain(nowMs: number): number {
    const lost = this.underWay.filter(({ sentMs }) => nowMs - sentMs > AGAIN_MS);
    for (const message of lost) this.#send(message);
    return lost.length;
  }

  ping(): void {
    this.#link.ping();
  }

  #send(next: Message): void {
    next.sentMs = performance.now();
    this.#link.publish(topics.up(this.me.id, 'receipts'), next.payload);
  }

  #acknowledged(payload: Buffer): void {
    const jws = payload.toString('latin1').split('.');
    const { first, last } = JSON.parse(Buffer.from(jws[1] as string, 'base64url').toString()) as Record<string, number>;
    const before = this.underWay.length;
    const open = this.underWay.filter((each) => each.last < (first as number) || each.last > (last as number));
    this.underWay.splice(0, before, ...open);
    this.onAcked(before - open.length);
  }
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const fleet: BackloggedDevice[] = [];
let settings: Settings;
const sum = { bytes: 0, again: 0, underWay: 0, left: 0, startedMs: 0 };
let turn = 0;

async function prepare(given: Settings): Promise<void> {
  settings = given;
  let connected = 0;
  const all = new Promise<void>((resolve) => {
    const ready = () => (++connected === given.devices.length ? resolve() : undefined);
    for (const me of given.devices) fleet.push(new BackloggedDevice(me, given.port, ready, acked));
  });
  for await (const line of createInterface({ input: createReadStream(given.file) })) {
    const [device, last, message] = line.split('\t') as [string, string, string];
    fleet[Number(device)]?.waiting.push({ payload: Buffer.from(message), last: Number(last), sentMs: 0 });
    sum.left++;
  }
  await all;
  say({ event: 'connected' });
}

function acked(messages: number): void {
  sum.underWay -= messages;
  sum.left -= messages;
  if (messages > 0 && sum.left === 0) {
    const { bytes, again } = sum;
    say({ event: 'done', ms: performance.now() - sum.startedMs, bytes, again });
  } else fill();
}

/** Device after device, each as much as it may have under way, as long as there is room. */
function fill(): void {
  for (let idle = 0; sum.underWay < settings.atOnce && idle < fleet.length; turn++) {
    const device = fleet[turn % fleet.length] as BackloggedDevice;
    idle++;
    while (
      sum.underWay < settings.atOnce &&
      device.waiting.length > 0 &&
      device.underWay.length < settings.atOnceEach
    ) {
      idle = 0;
      sum.underWay++;
      sum.bytes += device.sendNext();
    }
  }
}

setInterval(() => {
  for (const device of fleet) sum.again += device.sendAgain(performance.now());
}, 1_000).unref();

setInterval(() => {
  for (const device of fleet) device.ping();
}, PING_MS).unref();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const said = JSON.parse(line) as Settings | { cmd: 'go' };
    if ('devices' in said) void prepare(said);
    else {
      sum.startedMs = performance.now();
      fill();
    }
  })
  .on('close', () => process.exit());
