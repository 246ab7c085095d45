import { z } from 'zod';
import * as protocol from '../../devices/protocol/index.js';
import { CHALLENGE_MS } from '../../src/fleet/enrolment/challenge.js';
import { defaultLimits } from '../../src/platform/broker/messages.js';
import { http, httpErrors, quarantineReasons } from './http-page.js';
import { table } from './markdown.js';
import { contentOf, PARTS } from './vectors.js';

type Name = protocol.TopicName;
const names = Object.keys(protocol.TOPIC_RULES) as Name[];
const ruleOf = (name: Name): protocol.TopicRule => protocol.TOPIC_RULES[name];

/** docs/protocol/messages.md: each topic, each message with an example, each code and each time, from the data that is obeyed. */
export function messagesPage(): string {
  return `${[
    '# Topics, messages, codes, times',
    '',
    '<!-- Written by `npm run contracts` from devices/protocol. Change the data there, not this page. -->',
    '',
    `Protocol version ${protocol.PROTOCOL_VERSION}. Schemas: [\`../api/protocol\`](../api/protocol), all in one document:`,
    '[`../api/asyncapi.json`](../api/asyncapi.json). The examples are signed with known keys; the whole letters and the keys are in',
    '[`../api/protocol/vectors.json`](../api/protocol/vectors.json).',
    '',
    '## Topics',
    '',
    'MQTT 3.1.1, under `vang/v1/`. Sizes are of the payload, in bytes. What a device sends beyond its size or its number a minute is refused',
    'and raises an alarm (`device.…Malformed`, `device.flood`); the session goes on. Only the broker ends sessions, at the limits below.',
    '',
    ...table(
      ['Topic', 'Publisher', 'QoS', 'Retained', 'Largest', 'A minute', 'Carries'],
      names.map((name) => {
        const { topic, publisher, qos, retain, maxBytes, perMinute } = ruleOf(name);
        return [
          `\`${topic.replace('vang/v1/', '')}\``,
          publisher,
          String(qos),
          retain ? 'yes' : 'no',
          maxBytes.toLocaleString('en'),
          perMinute === null ? '–' : String(perMinute),
          `[${protocol.CATALOGUE[name].name}](#${protocol.CATALOGUE[name].name})`,
        ];
      }),
    ),
    '',
    'A device publishes what has `device` as its publisher, with its own id and shard; it subscribes to `keys`, `devices/{itself}/#`,',
    '`assets/+/#`, and to the topics of its area and of each area above it (`path` of its identity). Nothing else is granted.',
    '',
    '## The broker',
    '',
    'Of the embedded broker; Mosquitto, EMQX and RabbitMQ have those of [their configuration](../brokers.md).',
    '',
    ...table(['What', 'Limit', 'Beyond it'], brokerLimits()),
    '',
    '## Messages',
    '',
    ...messages(),
    '## HTTP',
    '',
    ...http(),
    '## Codes',
    '',
    ...codes(),
    '### Why a receipt was put into quarantine',
    '',
    ...quarantineReasons(),
    '### Refusals over HTTP',
    '',
    ...httpErrors(),
    '## Times',
    '',
    ...table(
      ['What', 'How long'],
      TIMES.map(([what, ms]) => [what, span(ms)]),
    ),
    '',
    '## The minimum profile',
    '',
    'For firmware with little memory. It takes at least, in bytes or pieces:',
    '',
    ...table(
      ['', 'At least', 'What'],
      Object.entries(protocol.BUDGET_MEANINGS).map(([name, what]) => [
        `\`${name}\``,
        protocol.MINIMUM_PROFILE[name as keyof typeof protocol.MINIMUM_PROFILE].toLocaleString('en'),
        what,
      ]),
    ),
    '',
    `Duties: ${protocol.MINIMUM_DUTIES.map((duty) => `\`${duty}\``).join(', ')}.`,
    '',
    ...table(['May be left out', 'Instead'], Object.entries(protocol.MINIMUM_LEAVES_OUT)),
  ].join('\n')}\n`;
}

function* messages(): Generator<string> {
  const done = new Set<string>();
  for (const name of names) {
    const { name: message, says, jws, schema } = protocol.CATALOGUE[name];
    if (done.has(message) || name === 'chunk') continue;
    done.add(message);
    const on = names.filter((each) => protocol.CATALOGUE[each].name === message);
    yield `### ${message}`;
    yield '';
    yield says;
    yield '';
    yield `On ${on.map((each) => `\`${ruleOf(each).topic.replace('vang/v1/', '')}\``).join(', ')}. ${
      jws ? `Compact JWS, \`typ\`: \`${jws}\`; its payload:` : 'JSON:'
    }`;
    yield '';
    for (const each of on as Exclude<Name, 'chunk'>[]) {
      yield '```json';
      yield JSON.stringify(contentOf(each), null, 1);
      yield '```';
      yield '';
    }
    yield `Fields that may be absent: ${optional(schema).join(', ') || 'none'}.`;
    yield '';
  }
  yield '### day-part';
  yield '';
  yield 'Inside an asset that a plan head names: gzip of this JSON.';
  yield '';
  yield '```json';
  yield JSON.stringify(PARTS.dayPart, null, 1);
  yield '```';
  yield '';
  yield `Fields of a play that may be absent: ${optional(protocol.plannedPlay).join(', ')}.`;
  yield '';
  yield '### receipt';
  yield '';
  yield 'Inside a batch, as a text: what is signed are its letters.';
  yield '';
  yield '```json';
  yield JSON.stringify(JSON.parse(PARTS.receipts[0] ?? ''), null, 1);
  yield '```';
  yield '';
  yield `Fields that may be absent: ${optional(protocol.receipt).join(', ')}.`;
  yield '';
  yield '### chunk';
  yield '';
  yield `${protocol.CATALOGUE.chunk.says} Chunk n of an asset holds its bytes from n × ${protocol.CHUNK_BYTES} on; the last one is shorter.`;
  yield '';
}

function optional(schema: z.ZodType | undefined): string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([, field]) => field instanceof z.ZodOptional)
    .map(([field]) => `\`${field}\``);
}

function* codes(): Generator<string> {
  const lists: [string, Readonly<Record<string, protocol.Meaning>>][] = [
    ['`code` of a report: input that was refused', protocol.REPORT_MEANINGS],
    ['`reason` of a command that was refused', protocol.REFUSAL_MEANINGS],
    ['`outcome` of a receipt', protocol.OUTCOME_MEANINGS],
    ['`cause` of a receipt that is not complete', protocol.CAUSE_MEANINGS],
    ['`grade` of a receipt', protocol.GRADE_MEANINGS],
    ['`kind` of an event', protocol.EVENT_MEANINGS],
    ['`code` of a fault', protocol.FAULT_MEANINGS],
    ['`state` of an update', protocol.UPDATE_MEANINGS],
    ['`capabilities` of a device', protocol.CAPABILITY_MEANINGS],
  ];
  for (const [what, meanings] of lists) {
    yield `### ${what}`;
    yield '';
    yield* table(
      ['Code', 'Meaning', 'In Vietnamese'],
      Object.entries(meanings).map(([code, { vi, en }]) => [`\`${code}\``, en, vi]),
    );
    yield '';
  }
}

function brokerLimits(): string[][] {
  const { maxPacketBytes, maxPacketsPerMinute, maxKeepaliveSeconds, maxSubscriptions, ...more } = defaultLimits;
  const ends = 'the session ends, an alarm';
  return [
    ['a packet, fixed header included', `${maxPacketBytes / 1024} KiB`, ends],
    ['packets of any kind', `${maxPacketsPerMinute.toLocaleString('en')} a minute`, ends],
    ['publish, retain or last will on a topic that is not its own', 'none', ends],
    ['subscribe to what is not its own', 'none', 'SUBACK 128, an alarm; a session that goes on asking ends'],
    ['filters of a session', String(maxSubscriptions), 'SUBACK 128'],
    ['keepalive', `1 s to ${span(maxKeepaliveSeconds * 1_000)}`, 'CONNACK 6'],
    ['from the connection to the whole CONNECT', span(more.connectTimeoutMs), 'the connection is closed'],
    ['unsent, because the device does not read', `${more.dropAboveBytes / 1_048_576} MiB`, 'QoS 0 messages are lost'],
    ['', `${more.cutAboveBytes / 1_048_576} MiB`, 'the session ends'],
    ['not one byte taken, while some wait', span(more.stalledAfterMs), 'the session ends'],
    ['wrong token, other client id, other version of MQTT', '', 'CONNACK 5; CONNACK 1 for the version'],
  ];
}

const TIMES: readonly (readonly [string, number])[] = [
  ['a start within this of the planned instant is on time', protocol.ON_TIME_MS],
  ['a question for the time is asked again, if nobody answered', protocol.TIME_AGAIN_MS],
  ['the time is asked anew', protocol.RESYNC_MS],
  ['an answer after a longer round trip is not used', protocol.MAX_ROUND_TRIP_MS],
  ['without an answer, time is no longer `trusted` but `coasting`', protocol.COASTING_AFTER_MS],
  ['a clock that may be off by more plays no schedule', protocol.MAX_ERROR_MS],
  ['a wish is repeated when nothing came', protocol.WISH_AGAIN_MS],
  ['a batch of receipts is sent again without an acknowledgement', protocol.RESEND_MS],
  ['a state is told no sooner after the one before', protocol.STATE_EVERY_MS],
  ['telemetry, give or take a tenth', protocol.TELEMETRY_EVERY_MS],
  ['a command lives at most', protocol.LONGEST_COMMAND_MS],
  ['a command issued further ahead is refused', protocol.COMMAND_AHEAD_MS],
  ['a challenge is good for', CHALLENGE_MS],
  ['the longest silence', protocol.LONGEST_SILENCE_MS],
  ['the longest test tone', protocol.LONGEST_TEST_TONE_MS],
  ['no program is changed while a play is nearer than', protocol.QUIET_BEFORE_PLAY_MS],
  ['a new program shows within this that it works', protocol.PROBATION_MS],
];

function span(ms: number): string {
  for (const [unit, length] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const)
    if (ms >= length && ms % length === 0) return `${ms / length} ${unit}`;
  return `${ms} ms`;
}
