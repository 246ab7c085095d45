import { deviceState, TOPIC_RULES, topics } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import { SLACK_MS } from '../kit.js';
import { demand } from '../verdict.js';

const RATE_WINDOW_MS = 60_000;

export const CONNECTION: readonly Clause[] = [
  {
    id: 'connection.session',
    title: 'Connects with its id, its token and a clean session',
    proves: 'MQTT 3.1.1, clean sessions; user name = client id = device id, password = token.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { all } = kit.station.broker.connects;
      demand(all.length > 0, 'there was no connection');
      for (const each of all) {
        demand(each.known || each.ended, 'user, client id or password is not that of the enrolment', each);
        demand(each.clean, 'the session is not clean', each);
        demand(each.protocolVersion === 4, 'not MQTT 3.1.1', each);
      }
    },
  },
  {
    id: 'connection.will',
    title: 'Leaves a last will that says `online: false`',
    proves: 'The state is retained; its last will, retained too, is `online: false` and carries nothing that changes.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      for (const { will, clientId } of kit.station.broker.connects.all) {
        demand(will !== null, 'a connection without a last will');
        const topic = topics.up(clientId, 'state');
        demand(will.topic === topic && will.retain && will.qos === 1, 'the will is not retained on `state`', will);
        const said = deviceState.safeParse(safely(() => JSON.parse(will.payload)));
        demand(
          said.success && !said.data.online && said.data.device === clientId,
          'the will says something else',
          will,
        );
      }
    },
  },
  {
    id: 'connection.shard',
    title: 'Publishes on its own topics only, in its shard',
    proves:
      '`{shard}` is FNV-1a (32 bit) of the device id modulo 64; a device publishes on its own topics and no others.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { strayed } = kit.station.broker;
      demand(strayed.length === 0, 'it published where it must not', [...new Set(strayed)].slice(0, 5));
      demand(kit.station.heard.end > 0, 'it published nothing');
    },
  },
  {
    id: 'connection.subscriptions',
    title: 'Subscribes to what it may and to what it must',
    proves: 'A device may subscribe to its own topics, to `keys`, to `assets/+/#` and to its areas; nothing else.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { all } = kit.station.broker.subscriptions;
      const wrong = all.filter(({ allowed }) => !allowed).map(({ topic }) => topic);
      demand(wrong.length === 0, 'it asked for topics that are not its own', wrong);
      const filters = new Set(all.filter(({ what }) => what === 'subscribe').map(({ topic }) => topic));
      const covered = (topic: string) => filters.has(topic) || filters.has(topic.replace(/[^/]+$/, '#'));
      const needed = [
        topics.keys,
        ...(['plan', 'acks', 'time', 'commands'] as const).map((link) => topics.down(kit.device, link)),
      ];
      const lacking = needed.filter((topic) => !covered(topic));
      demand(lacking.length === 0, 'it does not listen to', lacking);
    },
  },
  {
    id: 'connection.again',
    title: 'Comes back by itself after the network was gone',
    proves: 'A lost connection is made again without anybody’s help, with a clean session, and the state is told anew.',
    profile: 'minimum',
    phase: 'run',
    alone: true,
    limitMs: 90_000,
    async check(kit) {
      const { broker } = kit.station;
      const [since, heard] = [broker.connects.end, kit.here];
      broker.cut();
      await broker.connects.next(({ clientId }) => clientId === kit.device, 'new connection', 75_000, since);
      await kit.told((state) => state.online, 'state after the new connection', SLACK_MS, heard);
    },
  },
  {
    id: 'tells.valid',
    title: 'Everything it publishes fits its schema, size, QoS and retain flag',
    proves: 'The topic table and the schemas of the messages, telemetry and events included.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { malformed } = kit.station;
      demand(malformed.length === 0, `${malformed.length} messages are outside the contract`, malformed.slice(0, 5));
    },
  },
  {
    id: 'tells.rates',
    title: 'Says no more per minute than the table allows',
    proves: 'Column `perMinute` of the topic table, beside one answer to each message of the kit, which is in a hurry.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { heard, broker } = kit.station;
      const times = new Map<string, number[]>();
      for (const { uplink, atMs } of heard.all) {
        const within = (each: number) => each > atMs - RATE_WINDOW_MS && each <= atMs;
        const recent = [...(times.get(uplink) ?? []).filter(within), atMs];
        times.set(uplink, recent);
        const most = TOPIC_RULES[`up.${uplink}`].perMinute;
        const allowed = recent.length <= most || recent.length <= most + broker.saidAtMs.filter(within).length;
        demand(allowed, `${recent.length} messages on \`${uplink}\` within a minute, ${most} are allowed`);
      }
    },
  },
  {
    id: 'tells.state',
    title: 'Its state is true',
    proves: '`state` says online, the boot, the version of the plan that is held whole, and the trust in the time.',
    profile: 'minimum',
    phase: 'watch',
    limitMs: 1_000,
    check(kit) {
      const { state, ledger, heard } = kit.station;
      demand(state?.online === true, 'the last state is not online', state);
      const synced = heard.all.findLast(({ uplink }) => uplink === 'plan')?.message as { version?: number } | undefined;
      demand(!synced || state.planVersion === synced.version, 'another plan than it told on `plan`', { state, synced });
      const newest = ledger.arrived.all.at(-1)?.receipt;
      demand(!newest || state.boot >= newest.boot, 'the boot of its receipts is ahead of that of its state', state);
    },
  },
];

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
