import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { AREA_LINKS, DOWNLINKS, topics } from '../../devices/protocol/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { frameOf, message, packet, text } from './light-mqtt.js';

/**
 * Light controllers: real sockets, tokens, rights, last wills and subscriptions of the contract, and no player core, because
 * thousands of cores would measure themselves on two processors. One JSON line each way: the devices first, then commands.
 *
 *     {"cmd":"connect","withinMs":10000}   → {"event":"all","heads":…,"headMs":[…],"lost":…} when every device has its head
 *     {"cmd":"drop"}                       → {"event":"dropped"}
 *
 * While somebody waits: {"event":"waiting","missing":…,"loggedIn":…,"lost":…}
 */
interface Settings {
  readonly host: string;
  readonly port: number;
  readonly devices: readonly EnrolledDevice[];
}

const AGAIN_MS = 2_000;
const PING_MS = 45_000;

class LightDevice {
  #socket: Socket | null = null;
  #rest: Buffer = Buffer.alloc(0);
  #again: NodeJS.Timeout | null = null;
  lost = 0;
  loggedIn = false;

  constructor(
    private readonly me: EnrolledDevice,
    private readonly settings: Settings,
    private readonly onHead: () => void,
  ) {}

  connect(): void {
    const { host, port } = this.settings;
    const socket = connect(port, host);
    this.#socket = socket;
    this.#rest = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('connect', () => socket.write(this.#connectPacket()));
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.lost++;
      this.loggedIn = false;
      this.#again = setTimeout(() => this.connect(), AGAIN_MS);
    });
  }

  ping(): void {
    if (this.loggedIn) this.#write(0xc0, Buffer.alloc(0));
  }

  /** Without a word, as a lost network. */
  drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (this.#again) clearTimeout(this.#again);
    socket?.destroy();
  }

  #read(bytes: Buffer): void {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (;;) {
      const frame = frameOf(rest);
      if (!frame) break;
      this.#take(frame.type, frame.body);
      rest = rest.subarray(frame.end);
    }
    this.#rest = Buffer.from(rest);
  }

  #take(type: number, body: Buffer): void {
    if (type >> 4 === 2) {
      this.loggedIn = body[1] === 0;
      if (this.loggedIn) this.#subscribe();
      else this.#socket?.destroy();
    }
    if (type >> 4 !== 3) return;
    const topicEnd = 2 + body.readUInt16BE(0);
    const qos = (type >> 1) & 3;
    if (qos > 0) this.#write(0x40, body.subarray(topicEnd, topicEnd + 2));
    const isHead = body.toString('latin1', 2, topicEnd) === topics.down(this.me.id, 'plan');
    if (isHead && body.length > topicEnd + (qos > 0 ? 2 : 0)) this.onHead();
  }

  #subscribe(): void {
    const { id, path } = this.me;
    const filters = [
      topics.keys,
      ...DOWNLINKS.map((downlink) => topics.down(id, downlink)),
      ...path.flatMap((area) => AREA_LINKS.map((link) => topics.area(area, link))),
    ];
    this.#write(
      0x82,
      Buffer.concat([Buffer.from([0, 1]), ...filters.flatMap((each) => [text(each), Buffer.from([1])])]),
    );
    // As a core does: it asks for the time and tells its state.
    const nonce = 'nonce-of-a-light-device';
    this.#write(0x30, message(topics.up(id, 'time'), null, { v: 1, device: id, nonce }));
    const state = {
      v: 1,
      device: id,
      online: true,
      boot: 1,
      planVersion: 0,
      ready: false,
      trust: 'untrusted',
      playing: null,
    };
    this.#write(0x33, message(topics.up(id, 'state'), 2, { ...state, waitingReceipts: 0 }));
  }

  #connectPacket(): Buffer {
    const { id, token } = this.me;
    const will = JSON.stringify({ v: 1, device: id, online: false });
    // Clean session, last will with QoS 1 and retain, user name and password; keepalive 60 s.
    const head = Buffer.concat([text('MQTT'), Buffer.from([4, 0xee, 0, 60])]);
    return packet(
      0x10,
      Buffer.concat([head, text(id), text(topics.up(id, 'state')), text(will), text(id), text(token)]),
    );
  }

  #write(type: number, body: Buffer): void {
    this.#socket?.write(packet(type, body));
  }
}

let devices: LightDevice[] = [];
let startedMs = 0;
let missing = new Set<number>();
let headMs: number[] = [];

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function headOf(index: number): void {
  if (!missing.delete(index)) return;
  headMs.push(Math.round(performance.now() - startedMs));
  if (missing.size === 0) say({ event: 'all', headMs, lost: devices.reduce((sum, device) => sum + device.lost, 0) });
}

/** For whoever wonders why it takes so long. */
setInterval(() => {
  const lost = devices.reduce((sum, device) => sum + device.lost, 0);
  if (missing.size > 0)
    say({ event: 'waiting', missing: missing.size, loggedIn: devices.filter((each) => each.loggedIn).length, lost });
}, 5_000).unref();

setInterval(() => {
  for (const device of devices) device.ping();
}, PING_MS).unref();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const said = JSON.parse(line) as Settings | { cmd: 'connect'; withinMs: number } | { cmd: 'drop' };
    if ('devices' in said) devices = said.devices.map((me, i) => new LightDevice(me, said, () => headOf(i)));
    else if (said.cmd === 'drop') {
      for (const device of devices) device.drop();
      say({ event: 'dropped' });
    } else {
      startedMs = performance.now();
      missing = new Set(devices.keys());
      headMs = [];
      for (const [i, device] of devices.entries()) {
        device.lost = 0;
        setTimeout(() => device.connect(), (said.withinMs * i) / devices.length);
      }
    }
  })
  .on('close', () => process.exit());
