import { fromBitmap, type PlannedPlay, topics, wish } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import { type Kit, SLACK_MS } from '../kit.js';
import type { Heard } from '../station/heard-log.js';
import type { Fault } from '../station/shelf.js';
import { demand, NotTried } from '../verdict.js';

/** A wish is repeated after 8 s without progress. */
const AGAIN_WITHIN_MS = 8_000 + 6_000;
/** Four chunks. */
const PAD_BYTES = 110_000;
const CHUNKS = 4;
/** How long a controller may need from power to its first wish. */
const BOOT_MS = 60_000;
/** What was sent has certainly been taken after this. */
const TAKEN_MS = 1_000;

const clause = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs' | 'needs'>): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 60_000,
  needs: ['assets', 'plan'],
  ...each,
});

/** Plans audio of its own for tomorrow, so that it is fetched and does not sound; takes it out again at the end. */
async function fetching(
  kit: Kit,
  name: string,
  { padBytes = 0, fault }: { padBytes?: number; fault?: Fault },
  look: (audio: PlannedPlay['audio'], since: number) => Promise<void>,
): Promise<void> {
  const audio = kit.audio(1_000, `${name} ${kit.now}`, padBytes, fault);
  const play = kit.play('tomorrow', kit.now + 86_400_000, { audio });
  const since = kit.here;
  kit.station.plan.change({ add: [play] });
  try {
    await look(audio, since);
  } finally {
    kit.station.shelf.putRight(audio.sha256);
    kit.station.plan.change({ drop: [play.play] });
  }
}

/** The wish for an asset in a message; undefined: none. */
function wished({ uplink, message }: Heard, sha256: string) {
  const parsed = uplink === 'wishes' ? wish.safeParse(message) : undefined;
  return parsed?.success ? parsed.data.assets.find((asset) => asset.sha256 === sha256) : undefined;
}

/** How it asks for the asset. */
function asks(kit: Kit, sha256: string): Promise<'mqtt' | 'http'> {
  const what = `wish or GET for ${sha256}`;
  return Promise.any([
    kit.hears((heard) => wished(heard, sha256) !== undefined, what, AGAIN_WITHIN_MS).then(() => 'mqtt' as const),
    kit.station.doors.pulled
      .next((pulled) => pulled.sha256 === sha256, what, AGAIN_WITHIN_MS)
      .then(() => 'http' as const),
  ]).catch(({ errors }: AggregateError) => {
    throw errors[0];
  });
}

/** It has the asset: it lets go of the topic, or has pulled it with nothing wrong. */
async function has(kit: Kit, sha256: string, way: 'mqtt' | 'http'): Promise<void> {
  const { broker, doors } = kit.station;
  const topic = topics.asset(sha256);
  if (way === 'mqtt')
    await broker.subscriptions.next(
      (each) => each.what === 'unsubscribe' && each.topic === topic,
      `unsubscription from ${topic}`,
      AGAIN_WITHIN_MS,
    );
  else await doors.pulled.next((each) => each.sha256 === sha256 && each.status < 300, 'whole answer', AGAIN_WITHIN_MS);
}

async function overMqtt(kit: Kit, sha256: string): Promise<void> {
  if ((await asks(kit, sha256)) === 'http') throw new NotTried('the controller pulls its assets over HTTP');
}

/** A wish that comes once what was sent has been taken. */
async function laterWish(kit: Kit, sha256: string): Promise<readonly number[] | 'descriptor'> {
  const fromMs = kit.now + TAKEN_MS;
  const heard = await kit.hears(
    (each) => each.atMs >= fromMs && wished(each, sha256) !== undefined,
    'wish for what lacks',
    AGAIN_WITHIN_MS,
  );
  const { missing } = wished(heard, sha256) ?? {};
  return missing === undefined ? 'descriptor' : fromBitmap(missing, CHUNKS);
}

export const ASSETS: readonly Clause[] = [
  clause({
    id: 'assets.single',
    title: 'Fetches an asset of one chunk',
    proves: 'An asset of at most 32 KiB without `descriptor` is its own single chunk; who has it all unsubscribes.',
    check: (kit) => fetching(kit, 'single', {}, async ({ sha256 }) => has(kit, sha256, await asks(kit, sha256))),
  }),
  clause({
    id: 'assets.several',
    title: 'Fetches an asset of several chunks',
    proves: 'The descriptor whose SHA-256 the plan names has the hash of each chunk; the whole is verified too.',
    check: (kit) =>
      fetching(kit, 'several', { padBytes: PAD_BYTES }, async ({ sha256 }) =>
        has(kit, sha256, await asks(kit, sha256)),
      ),
  }),
  clause({
    id: 'assets.bitmap',
    title: 'Wishes again for what lacks, and for nothing else',
    proves: 'After 8 s without progress it wishes again with the bitmap of what lacks.',
    check: (kit) =>
      fetching(kit, 'bitmap', { padBytes: PAD_BYTES, fault: { lacks: [2] } }, async ({ sha256 }) => {
        await overMqtt(kit, sha256);
        const lacks = await laterWish(kit, sha256);
        demand(lacks !== 'descriptor', 'it asks for the descriptor again, which it has');
        demand(lacks.length === 1 && lacks[0] === 2, 'chunk 2 lacks, and it asks for', lacks);
        kit.station.shelf.putRight(sha256);
        kit.station.serve(sha256, Buffer.of(0b100).toString('base64url'));
        await has(kit, sha256, 'mqtt');
      }),
  }),
  clause({
    id: 'assets.range',
    title: 'Goes on with Range where a download broke off',
    proves: 'HTTP pull with ETag and Range is as good as chunks over MQTT.',
    check: (kit) =>
      fetching(kit, 'range', { padBytes: PAD_BYTES, fault: { lacks: [] } }, async ({ sha256 }) => {
        if ((await asks(kit, sha256)) === 'mqtt') throw new NotTried('the controller fetches its assets over MQTT');
        kit.station.shelf.putRight(sha256);
        const { doors } = kit.station;
        await doors.pulled.next(
          (each) => each.sha256 === sha256 && each.from > 0 && each.status === 206,
          'GET with Range',
          AGAIN_WITHIN_MS,
        );
      }),
  }),
  clause({
    id: 'assets.corrupt',
    title: 'Refuses a corrupted chunk and asks for it again',
    proves: 'Each chunk is verified by its hash; what does not fit is reported and still lacks.',
    check: (kit) =>
      fetching(kit, 'corrupt', { padBytes: PAD_BYTES, fault: { corrupts: 1 } }, async ({ sha256 }, since) => {
        const way = await asks(kit, sha256);
        if (way === 'mqtt') {
          await kit.reported('assetRejected', since, AGAIN_WITHIN_MS);
          const lacks = await laterWish(kit, sha256);
          demand(lacks !== 'descriptor' && lacks.includes(1), 'it does not ask for the corrupted chunk again', lacks);
        } else await doubled(kit, sha256);
        kit.station.shelf.putRight(sha256);
        if (way === 'mqtt') kit.station.serve(sha256, Buffer.of(0b1111).toString('base64url'));
        await has(kit, sha256, way);
      }),
  }),
  clause({
    id: 'assets.descriptor',
    title: 'Refuses a descriptor that is not the plan’s',
    proves: 'The descriptor’s own hash stands in the signed plan.',
    check: (kit) =>
      fetching(
        kit,
        'descriptor',
        { padBytes: PAD_BYTES, fault: { wrongDescriptor: true } },
        async ({ sha256 }, since) => {
          await overMqtt(kit, sha256);
          await kit.reported('assetRejected', since, AGAIN_WITHIN_MS);
          const lacks = await laterWish(kit, sha256);
          demand(lacks === 'descriptor', 'it goes by a descriptor that nobody signed for', lacks);
          kit.station.shelf.putRight(sha256);
          kit.station.serve(sha256);
          await has(kit, sha256, 'mqtt');
        },
      ),
  }),
  {
    id: 'assets.resumed',
    title: 'Goes on after a power cut with the chunks that lack',
    proves: 'A chunk that was verified is kept over a power cut: only what lacks is wished for again.',
    profile: 'full',
    phase: 'run',
    limitMs: 150_000,
    needs: ['assets', 'plan', 'loudspeaker'],
    alone: true,
    restarts: true,
    check: (kit) =>
      fetching(kit, 'resumed', { padBytes: PAD_BYTES, fault: { lacks: [2] } }, async ({ sha256 }) => {
        if (!kit.canRestart) throw new NotTried('the kit cannot cut the power of this controller (--start)');
        await overMqtt(kit, sha256);
        // By this wish it is known that it has taken the others.
        await laterWish(kit, sha256);
        await kit.cutPower();
        const since = kit.here;
        await kit.powerOn();
        const heard = await kit.hears((each) => wished(each, sha256) !== undefined, 'wish for it', BOOT_MS, since);
        const { missing } = wished(heard, sha256) ?? {};
        demand(missing !== undefined, 'after the power cut it asks for everything again');
        const lacks = fromBitmap(missing, CHUNKS);
        demand(lacks.length === 1 && lacks[0] === 2, 'chunk 2 lacks after the power cut, and it asks for', lacks);
        kit.station.shelf.putRight(sha256);
        kit.station.serve(sha256, Buffer.of(0b100).toString('base64url'));
        await has(kit, sha256, 'mqtt');
      }),
  },
];

/** Over HTTP what came corrupted is asked for a second time. */
async function doubled(kit: Kit, sha256: string): Promise<void> {
  const { pulled } = kit.station.doors;
  const first = await pulled.next((each) => each.sha256 === sha256, 'GET', SLACK_MS);
  await pulled.next((each) => each.sha256 === sha256, 'second GET', AGAIN_WITHIN_MS, pulled.all.indexOf(first) + 1);
}
