import { createInterface } from 'node:readline';
import { AREA_LINKS, DOWNLINKS, topics } from '../../devices/protocol/index.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import { LightLink } from './light-link.js';

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
  readonly #link: LightLink;
  lost = 0;

  constructor(
    private readonly me: EnrolledDevice,
    private readonly settings: Settings,
    onHead: () => void,
  ) {
    const head = topics.down(me.id, 'plan');
    this.#link = new LightLink(me, {
      connected: () => this.#subscribe(),
      message: (topic, payload) => {
        if (topic === head && payload.length > 0) onHead();
      },
      lost: () => {
        this.lost++;
      },
    });
  }

  get loggedIn(): boolean {
    return this.#link.loggedIn;
  }

  connect(): void {
    const { host, port } = this.settings;
    this.#link.connect({ host, port, againMs: AGAIN_MS });
  }

  ping(): void {
    this.#link.ping();
  }

  drop(): void {
    this.#link.drop();
  }

  #subscribe(): void {
    const { id, path } = this.me;
    this.#link.subscribe([
      topics.keys,
      ...DOWNLINKS.map((downlink) => topics.down(id, downlink)),
      ...path.flatMap((area) => AREA_LINKS.map((link) => topics.area(area, link))),
    ]);
    // As a core does: it asks for the time and tells its state.
    const nonce = 'nonce-of-a-light-device';
    this.#link.publish(topics.up(id, 'time'), { v: 1, device: id, nonce }, { qos: 0 });
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
    this.#link.publish(topics.up(id, 'state'), { ...state, waitingReceipts: 0 }, { retain: true });
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
