import { join } from 'node:path';
import { type PlannedPlay, receipt } from '../../protocol/index.js';
import { DiskAssetStore } from '../adapters/asset-store.js';
import { LinuxClock } from '../adapters/clock.js';
import { JournalFile } from '../adapters/journal-file.js';
import type { Link, LinkHandlers } from '../adapters/mqtt-link.js';
import type { NextSound, SoundEnd, SoundOutput, SoundRequest } from '../adapters/sound/sound.js';
import type { CoreEnv, JournalRecord } from '../core/index.js';
import { SILENT } from '../logger.js';
import type { PlayerParts } from '../parts.js';
import { PlayerRuntime } from '../runtime.js';
import { crypto, ROOT, rawOf, signedKeySet, testKey } from './keys.js';
import { audioNamed, planOf, playOf } from './plans.js';
import { FakeService } from './service.js';

export const DEVICE = 'device-1';
const KEY = testKey('device');
export const clock = new LinuxClock();
export const audio = audioNamed('bulletin');
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export async function until(what: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = clock.monoMs() + withinMs;
  while (!what()) {
    if (clock.monoMs() > deadline) throw new Error('waited in vain');
    await pause(5);
  }
}

/** What happened, across the adapters, in order. */
export type Happened = string[];

/** The service at the other end of a wire that can hang. */
export class FakeLink implements Link {
  handlers: LinkHandlers | null = null;
  readonly service = new FakeService(DEVICE, KEY);
  hangs = false;
  #hanging: ((lost: Error) => void)[] = [];
  constructor(private readonly happened: Happened) {}
  get hanging(): number {
    return this.#hanging.length;
  }
  /** The connection is gone: whatever hung on it fails. */
  lose(): void {
    this.handlers?.disconnected();
    for (const fail of this.#hanging.splice(0)) fail(new Error('connection lost'));
  }
  start(handlers: LinkHandlers): void {
    this.handlers = handlers;
  }
  async stop(): Promise<void> {
    this.happened.push('goodbye');
    this.handlers = null;
  }
  publish(topic: string, payload: string): void {
    this.happened.push(`publish ${topic.split('/').at(-1)}`);
    for (const sent of this.service.take(topic, payload, Date.now())) void this.deliver(sent.topic, sent.payload);
  }
  async subscribe(topic: string): Promise<void> {
    if (this.hangs) await new Promise((_, fail) => this.#hanging.push(fail));
    await pause(1);
    this.happened.push(`subscribed ${topic}`);
    for (const sent of this.service.retained(topic)) await this.deliver(sent.topic, sent.payload);
  }
  async unsubscribe(): Promise<void> {}
  async deliver(topic: string, payload: string | Uint8Array): Promise<void> {
    await this.handlers?.message(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
  }
}

/** Sounds for as long as the play says, in real time. */
export class FakeSound implements SoundOutput {
  now: SoundRequest | null = null;
  readonly requests: SoundRequest[] = [];
  /** What it was told to expect, each change. */
  readonly expected: (string | null)[] = [];
  prepare(next: NextSound | null): void {
    if (this.expected.at(-1) !== (next?.name ?? null)) this.expected.push(next?.name ?? null);
  }
  playedMs = 0;
  constructor(
    private readonly happened: Happened,
    private readonly lengthMs: number,
  ) {}
  async play(request: SoundRequest): Promise<SoundEnd> {
    this.now = request;
    this.requests.push(request);
    await pause(Math.max(0, (request.atMonoMs ?? 0) - clock.monoMs()));
    const beganMs = clock.monoMs();
    this.happened.push(`sound ${request.name}`);
    request.onStarted(beganMs);
    while (!request.signal.aborted && clock.monoMs() - beganMs < this.lengthMs) {
      await pause(20);
      this.playedMs = Math.min(this.lengthMs, clock.monoMs() - beganMs);
      request.onProgress(this.playedMs);
    }
    this.now = null;
    this.happened.push(`silence ${request.name}`);
    const reason = request.signal.aborted ? 'stopped' : 'end';
    return { playedMs: reason === 'end' ? this.lengthMs : clock.monoMs() - beganMs, reason };
  }
}

export class WatchedJournal extends JournalFile {
  broken = false;
  readonly records: JournalRecord[] = [];
  constructor(
    path: string,
    private readonly happened: Happened,
  ) {
    super(path);
  }
  override async append(...[records, after]: Parameters<JournalFile['append']>): Promise<void> {
    if (this.broken) throw new Error('input/output error');
    await super.append(records, after);
    this.records.push(...records);
    for (const { t } of records) this.happened.push(`durable ${t}`);
  }
}

/** A runtime on a real disk and real time; the wire and the loudspeaker are at hand. */
export async function runningPlayer(
  folder: string,
  lengthMs = 300,
  change: { readonly env?: Partial<CoreEnv>; readonly parts?: Partial<PlayerParts> } = {},
) {
  const happened: Happened = [];
  const link = new FakeLink(happened);
  const sound = new FakeSound(happened, lengthMs);
  const journal = new WatchedJournal(join(folder, 'journal'), happened);
  const runtime = new PlayerRuntime({
    env: {
      crypto,
      signer: KEY,
      identity: {
        v: 1,
        device: DEVICE,
        publicKey: KEY.publicKey,
        path: ['commune-1'],
        area: { id: 'commune-1', name: 'Xã' },
        cluster: { id: 'cluster-1', name: 'Cụm' },
      },
      rootPublicKey: rawOf(ROOT),
      simulated: false,
      ...change.env,
    },
    clock,
    journal,
    store: new DiskAssetStore(join(folder, 'assets'), 1e9),
    link,
    sound,
    keySet: signedKeySet(1),
    random: () => `random-${Math.random().toString(36).slice(2)}-0123456789`,
    log: SILENT,
    ...change.parts,
  });
  link.service.hold(audio);
  await runtime.start();
  const receipts = () =>
    journal.records.flatMap((record) =>
      record.t === 'receipt' ? [receipt.parse(JSON.parse(record.receipt.text))] : [],
    );
  return { runtime, link, sound, journal, happened, receipts };
}

/** Published and connected, the play starting `inMs` from now. */
export function planned(link: FakeLink, inMs: number, durationMs: number): PlannedPlay {
  const startMs = Date.now() + inMs;
  const play = playOf(startMs, { play: 'p', durationMs, audio });
  link.service.publish(
    planOf({
      device: DEVICE,
      version: 1,
      plays: [play],
      change: { sinceMs: 0, from: '2020-01-01', until: '2040-01-01' },
    }),
  );
  link.handlers?.connected();
  return play;
}
