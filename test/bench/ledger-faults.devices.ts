import { createInterface } from 'node:readline';
import { Seeded } from '../../devices/simulator/seeded.js';
import type { EnrolledDevice } from './enrolled-devices.js';
import type { Life } from './ledger-faults.life.js';
import { type Figures, Loudspeaker } from './ledger-faults.loudspeaker.js';

/**
 * The fleet of `ledger-faults`: light controllers with real sockets, keys and signatures, on lines where everything goes wrong that the
 * seed says. One JSON line each way: the settings first, then commands.
 *
 *     {"cmd":"connect","port":…}   now and again: to another broker, all of them
 *     {"cmd":"upTo","written":…}   they play, until so many receipts are written by all of them together
 *
 * → {"event":"progress", figures} five times a second.
 */
interface Settings extends Life {
  readonly seed: string;
  readonly rootPublicKey: string;
  readonly devices: readonly EnrolledDevice[];
}

/**
 * Messages under way of all devices together: enough for several rounds of the intake, and on a busy machine no more than it takes in
 * before they are sent again.
 */
const AT_ONCE = 64;
const TICK_MS = 100;
const TELL_MS = 200;
const PING_MS = 45_000;

const sum: Figures = {
  ...{ written: 0, acked: 0, batches: 0, duplicates: 0, splits: 0, reordered: 0, acksLost: 0 },
  ...{ recalls: 0, recalled: 0, quarantined: 0, unbelieved: 0, connections: 0 },
};
let fleet: Loudspeaker[] = [];
let upTo = 0;
let turn = 0;

const mayWrite = () => sum.written < upTo;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Device after device, as long as there is room. */
function fill(nowMs: number): void {
  let underWay = fleet.reduce((count, device) => count + device.underWay, 0);
  for (let idle = 0; underWay < AT_ONCE && idle < fleet.length; turn++) {
    const device = fleet[turn % fleet.length] as Loudspeaker;
    const before = device.underWay;
    if (!device.work(nowMs)) idle++;
    else idle = 0;
    underWay += device.underWay - before;
  }
}

setInterval(() => {
  const nowMs = performance.now();
  for (const device of fleet) device.tick(nowMs);
}, TICK_MS).unref();

// Often, and a little each time: what comes in meanwhile is read in between.
setInterval(() => {
  if (upTo > 0) fill(performance.now());
}, 5).unref();

setInterval(() => {
  if (upTo === 0) return;
  say({ event: 'progress', ...sum });
}, TELL_MS).unref();

setInterval(() => {
  for (const device of fleet) device.ping();
}, PING_MS).unref();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const said = JSON.parse(line) as Settings | { cmd: 'connect'; port: number } | { cmd: 'upTo'; written: number };
    if ('devices' in said) {
      const { seed, rootPublicKey, devices, ...life } = said;
      fleet = devices.map(
        (me, i) => new Loudspeaker(me, life, rootPublicKey, new Seeded(`${seed}/${i}`), sum, mayWrite),
      );
    } else if (said.cmd === 'connect') for (const device of fleet) device.connect(said.port);
    else upTo = said.written;
  })
  .on('close', () => process.exit());
