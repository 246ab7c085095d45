import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PlannedPlay, receipt, topics } from '../protocol/index.js';
import { DiskAssetStore } from './adapters/asset-store.js';
import { LinuxClock } from './adapters/clock.js';
import { JournalFile } from './adapters/journal-file.js';
import type { Link, LinkHandlers } from './adapters/mqtt-link.js';
import type { SoundEnd, SoundOutput, SoundRequest } from './adapters/sound/sound.js';
import type { JournalRecord } from './core/index.js';
import { SILENT } from './logger.js';
import { PlayerRuntime } from './runtime.js';
import { crypto, ROOT, rawOf, signedKeySet, testKey } from './testing/keys.js';
import { audioNamed, planOf, playOf } from './testing/plans.js';
import { FakeService } from './testing/service.js';

const DEVICE = 'device-1';
const KEY = testKey('device');
const clock = new LinuxClock();
const audio = audioNamed('bulletin');
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function until(what: () => boolean): Promise<void> {
  const deadline = clock.monoMs() + 10_000;
  while (!what()) {
    if (clock.monoMs() > deadline) throw new Error('waited in vain');
    await pause(5);
  }
}

/** What happened, across the adapters, in order. */
type Happened = string[];

/** The service at the other end of a wire that can hang. */
class FakeLink implements Link {
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
class FakeSound implements SoundOutput {
  now: SoundRequest | null = null;
  playedMs = 0;
  constructor(
    private readonly happened: Happened,
    private readonly lengthMs: number,
  ) {}
  async play(request: SoundRequest): Promise<SoundEnd> {
    this.now = request;
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

class WatchedJournal extends JournalFile {
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

let folder: string;
let running: PlayerRuntime | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vang-runtime-'));
});
afterEach(async () => {
  await running?.stop().catch(() => undefined);
  await rm(folder, { recursive: true });
});

async function player(lengthMs = 300) {
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
    },
    clock,
    journal,
    store: new DiskAssetStore(join(folder, 'assets'), 1e9),
    link,
    sound,
    keySet: signedKeySet(1),
    random: () => `random-${Math.random().toString(36).slice(2)}-0123456789`,
    log: SILENT,
  });
  link.service.hold(audio);
  running = runtime;
  await runtime.start();
  const receipts = () =>
    journal.records.flatMap((record) =>
      record.t === 'receipt' ? [receipt.parse(JSON.parse(record.receipt.text))] : [],
    );
  return { runtime, link, sound, journal, happened, receipts };
}

/** Published and connected, the play starting `inMs` from now. */
function planned(link: FakeLink, inMs: number, durationMs: number): PlannedPlay {
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

describe('the running player', () => {
  test('plays when planned, writes before it tells, and is told that it was heard', async () => {
    const { link, happened, receipts } = await player();
    const play = planned(link, 1_500, 300);
    await until(() => happened.includes('durable acked'));
    expect(receipts()[0]).toMatchObject({ outcome: 'complete', playedMs: 300 });
    // Never early; how late is up to the machine, and a second would be another fault than a slow timer.
    const lateMs = (receipts()[0]?.startedAtMs ?? 0) - play.startMs;
    expect(lateMs).toBeGreaterThan(-50);
    expect(lateMs).toBeLessThan(1_000);
    const order = happened.filter((what) =>
      /sound|silence|durable (started|receipt|acked)|publish receipts/.test(what),
    );
    expect(order).toEqual([
      'sound p',
      'durable started',
      'silence p',
      'durable receipt',
      'publish receipts',
      'durable acked',
    ]);
    // Nothing is asked before the broker has granted the topic of the answer.
    expect(happened.indexOf('publish time')).toBeGreaterThan(
      happened.indexOf(`subscribed ${topics.down(DEVICE, 'time')}`),
    );
  });

  test('a network that hangs delays no sound', async () => {
    const { link, happened, runtime } = await player();
    planned(link, 1_500, 300);
    await until(() => runtime.state.stored.size === 2 && runtime.state.durable.clock !== null);
    link.hangs = true;
    link.handlers?.connected();
    await until(() => happened.includes('silence p'));
  });

  test('what was meant for a lost connection is not sent on the next', async () => {
    const { link, happened, runtime } = await player();
    link.hangs = true;
    link.handlers?.connected();
    await until(() => link.hanging === 1);
    link.hangs = false;
    link.lose();
    link.handlers?.connected();
    // Only the question of this connection counts as asked; one left over from the first would stand before it.
    await until(() => runtime.state.durable.clock !== null);
    expect(happened.filter((what) => what === 'publish time')).toHaveLength(1);
  });

  test('stopped in mid-play: the receipt is durable, partial, player stopped; nothing more is played', async () => {
    const { link, happened, receipts, runtime, sound } = await player(60_000);
    link.service.acknowledges = false;
    planned(link, 100, 60_000);
    await until(() => happened.includes('durable progress'));
    await until(() => sound.playedMs >= 200);
    await runtime.stop();
    expect(sound.now).toBeNull();
    expect(receipts()).toMatchObject([{ outcome: 'partial', cause: 'playerStopped' }]);
    expect(receipts()[0]?.playedMs).toBeGreaterThanOrEqual(200);
    expect(happened.at(-1)).toBe('goodbye');
    const again = await player();
    expect(again.runtime.state.durable.unsent).toHaveLength(1);
    expect(again.runtime.state.durable.boot).toBe(2);
    expect(again.receipts()).toEqual([]);
  });

  test('after a restart the plan, the audio and the time are still there: it plays without a network', async () => {
    const first = await player();
    planned(first.link, 1_500, 300);
    await until(() => first.runtime.state.stored.size === 2 && first.runtime.state.durable.clock !== null);
    await first.runtime.stop();
    const second = await player();
    await until(() => second.receipts().length === 1);
    expect(second.receipts()[0]).toMatchObject({ outcome: 'complete', boot: 2 });
  });

  test('a journal that fails ends the player, in silence', async () => {
    const { link, journal, sound, runtime } = await player(60_000);
    planned(link, 100, 60_000);
    await until(() => sound.now !== null);
    journal.broken = true;
    await expect(runtime.failed).rejects.toThrow('input/output error');
    await until(() => sound.now === null);
  });
});
