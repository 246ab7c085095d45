import {
  AREA_LINKS,
  type AreaLink,
  type Downlink,
  dayPart,
  fromUtf8,
  type Identity,
  identity as identitySchema,
  ON_TIME_MS,
  openKeySet,
  type ParsedTopic,
  type PlannedPlay,
  parseTopic,
  planHead,
  type ReportCode,
  TOPIC_RULES,
  topics,
} from '../../protocol/index.js';
import { holdsPart, refusePiece, takeChunk, takeDescriptor } from './assets.js';
import { takeActive, takeCommand } from './commands.js';
import { takeAck } from './receipts.js';
import { open } from './signed.js';
import type { ObligedPlay, StoredPart } from './state.js';
import { takeTime } from './time.js';
import type { Turn } from './turn.js';
import { takeUpdate } from './update.js';

/** Everything that arrives passes here; what is not signed by a key that covers this device goes no further (invariant 5). */
export function takeMessage(turn: Turn, topic: string, payload: Uint8Array): void {
  const parsed = parseTopic(topic);
  if (!parsed || parsed.kind === 'up') return;
  if (parsed.kind === 'down' && parsed.device !== turn.device) return;
  if (parsed.kind === 'area' && !turn.identity.path.includes(parsed.area)) return;
  const { maxBytes } = TOPIC_RULES[ruleOf(parsed)];
  if (payload.length > maxBytes) return refuseOversized(turn, topic, parsed, `larger than ${maxBytes} bytes`);
  switch (parsed.kind) {
    case 'chunk':
      return takeChunk(turn, parsed.sha256, parsed.index, payload);
    case 'descriptor':
      return takeDescriptor(turn, parsed.sha256, payload);
    case 'keys':
      return takeKeys(turn, textOf(payload));
    case 'down':
      return takeDown(turn, parsed.downlink, textOf(payload));
    case 'area':
      if (parsed.link === 'active') return takeActive(turn, textOf(payload), parsed.area);
      return takeCommand(turn, textOf(payload), parsed.area);
  }
}

type Downward = Exclude<ParsedTopic, { kind: 'up' }>;

function ruleOf(parsed: Downward): keyof typeof TOPIC_RULES {
  if (parsed.kind === 'down') return `down.${parsed.downlink}`;
  return parsed.kind === 'area' ? `area.${parsed.link}` : parsed.kind;
}

const DOWN_REPORTS: Readonly<Record<Downlink, ReportCode>> = {
  plan: 'planRejected',
  acks: 'ackRejected',
  time: 'timeRejected',
  commands: 'commandRejected',
  identity: 'identityRejected',
  update: 'updateRejected',
};
const AREA_REPORTS: Readonly<Record<AreaLink, ReportCode>> = { commands: 'commandRejected', active: 'activeRejected' };

function refuseOversized(turn: Turn, topic: string, parsed: Downward, detail: string): void {
  switch (parsed.kind) {
    case 'chunk':
    case 'descriptor':
      return refusePiece(turn, parsed.sha256, `${parsed.kind} ${detail}`);
    case 'keys':
      return turn.refuseOnce(topic, { code: 'keysRejected', detail });
    case 'down':
      return turn.refuseOnce(topic, { code: DOWN_REPORTS[parsed.downlink], detail });
    case 'area':
      return turn.refuseOnce(topic, { code: AREA_REPORTS[parsed.link], detail });
  }
}

function takeDown(turn: Turn, downlink: Downlink, text: string): void {
  switch (downlink) {
    case 'plan':
      return takeHead(turn, text);
    case 'time':
      if (takeTime(turn, topics.down(turn.device, downlink), text)) takeHeld(turn);
      return;
    case 'acks':
      return takeSignedAck(turn, text);
    case 'commands':
      return takeCommand(turn, text, null);
    case 'identity':
      return takeIdentity(turn, text);
    case 'update':
      return takeUpdate(turn, text);
  }
}

function textOf(payload: Uint8Array): string {
  try {
    return fromUtf8(payload);
  } catch {
    return '';
  }
}

function takeKeys(turn: Turn, compact: string): void {
  const opened = openKeySet(compact, turn.env.rootPublicKey, turn.env.crypto);
  if (!opened.ok) return turn.refuse({ code: 'keysRejected', detail: opened.problem });
  const held = turn.state.durable.keys?.version ?? 0;
  if (opened.keys.version === held) return;
  if (opened.keys.version < held)
    return turn.refuse({ code: 'keysRejected', detail: `version ${opened.keys.version} after ${held}` });
  turn.record({ t: 'keys', keys: opened.keys });
  const { heldHead } = turn.state;
  if (heldHead) {
    turn.set({ heldHead: null });
    takeHead(turn, heldHead);
  }
  takeHeld(turn);
}

function takeHead(turn: Turn, compact: string): void {
  const opened = open(turn, compact, 'vang-plan', turn.time.nowMs);
  if (!opened.ok) {
    if (opened.problem === 'unknownKey') turn.set({ heldHead: compact });
    return turn.refuse({ code: 'planRejected', detail: opened.problem });
  }
  const parsed = planHead.safeParse(opened.payload);
  if (!parsed.success) return turn.refuse({ code: 'planRejected', detail: 'malformed' });
  const head = parsed.data;
  if (head.device !== turn.device) return turn.refuse({ code: 'planRejected', detail: 'for another device' });
  const held = turn.state.durable.head?.version ?? 0;
  if (head.version === held) return;
  if (head.version < held)
    return turn.refuse({ code: 'planRejected', detail: `version ${head.version} after ${held}` });
  turn.record({ t: 'head', head });
  for (const part of head.parts)
    if (turn.state.stored.has(part.sha256) && !holdsPart(turn.state, part.day, part.sha256))
      turn.emit({ type: 'readPart', sha256: part.sha256 });
  activateIfWhole(turn);
}

/** `text` is the unpacked JSON of a stored part, null when it cannot be unpacked. */
export function partRead(turn: Turn, sha256: string, text: string | null): void {
  const wanted = turn.state.durable.head?.parts.find((part) => part.sha256 === sha256);
  if (!wanted) return;
  const parsed = text === null ? undefined : dayPart.safeParse(safeJson(text));
  if (!parsed?.success || parsed.data.day !== wanted.day) {
    turn.set({ damaged: new Set(turn.state.damaged).add(sha256) });
    return turn.refuse({ code: 'partRejected', detail: sha256 });
  }
  turn.set({ readParts: new Map(turn.state.readParts).set(sha256, parsed.data.plays) });
  activateIfWhole(turn);
}

/** The old plan holds until every part of the new one is here; then the change is one record. */
function activateIfWhole(turn: Turn): void {
  const { durable, readParts } = turn.state;
  const { head } = durable;
  if (!head || head.version === durable.activeVersion) return;
  const parts: Record<string, StoredPart> = {};
  const planned = new Map<string, PlannedPlay>();
  for (const { day, sha256 } of head.parts) {
    const held = durable.parts[day];
    const plays = readParts.get(sha256) ?? (held?.sha256 === sha256 ? held.plays : undefined);
    if (!plays) return;
    parts[day] = { sha256, version: head.version, plays };
    for (const play of plays) planned.set(play.play, play);
  }
  const withdrawn: ObligedPlay[] = [];
  const known = new Set<string>();
  for (const [day, part] of Object.entries(durable.parts)) {
    for (const play of part.plays) known.add(play.play);
    // A play that the new head moved to another day is owed there, and only there.
    const open = part.plays.filter(
      (play) => play.startMs >= head.sinceMs && !Object.hasOwn(durable.finals, play.play) && !planned.has(play.play),
    );
    // Days that the new head no longer speaks of stay until each of their plays has its receipt.
    if (day >= head.from) withdrawn.push(...open.map((play) => ({ play, day, version: part.version })));
    else if (open.length > 0) parts[day] = { ...part, plays: open };
  }
  const { nowMs } = turn.time;
  const toldLate = [...planned.values()]
    .filter(
      (play) =>
        nowMs !== null &&
        play.startMs + ON_TIME_MS < nowMs &&
        !known.has(play.play) &&
        !Object.hasOwn(durable.finals, play.play),
    )
    .map((play) => play.play);
  turn.record({ t: 'activated', version: head.version, parts, withdrawn, toldLate });
  turn.set({ readParts: new Map() });
  turn.publish(topics.up(turn.device, 'plan'), { v: 1, device: turn.device, version: head.version }, { qos: 1 });
}

/** Time or keys have become known. */
function takeHeld(turn: Turn): void {
  const { held } = turn.state;
  turn.set({ held: [] });
  for (const message of held) {
    if (message.link === 'update') takeUpdate(turn, message.compact);
    else if (message.link === 'active') takeActive(turn, message.compact, message.area);
    else takeCommand(turn, message.compact, message.area);
  }
}

/** A later statement of who and where this device is, e.g. after a merger of communes; its keys' scope is judged by the former. */
function takeIdentity(turn: Turn, compact: string): void {
  const opened = open(turn, compact, 'vang-identity');
  const parsed = opened.ok ? identitySchema.safeParse(opened.payload) : undefined;
  if (!parsed?.success)
    return turn.refuse({ code: 'identityRejected', detail: opened.ok ? 'malformed' : opened.problem });
  const { data: said } = parsed;
  const { device, publicKey, issuedAt: heldAt = 0 } = turn.identity;
  if (said.device !== device || said.publicKey !== publicKey)
    return turn.refuse({ code: 'identityRejected', detail: 'for another' });
  const saidAt = said.issuedAt ?? 0;
  if (saidAt === heldAt) return;
  if (saidAt < heldAt) return turn.refuse({ code: 'identityRejected', detail: 'older than the one held' });
  adoptIdentity(turn, said);
}

/** From now on this device is who `identity` says. */
export function adoptIdentity(turn: Turn, said: Identity): void {
  for (const topic of areaTopics(turn)) turn.emit({ type: 'unsubscribe', topic });
  turn.record({ t: 'identity', identity: said });
  for (const topic of areaTopics(turn)) turn.emit({ type: 'subscribe', topic });
}

/** What is said to its area and to those above it. */
export function areaTopics(turn: Turn): string[] {
  return turn.identity.path.flatMap((area) => AREA_LINKS.map((link) => topics.area(area, link)));
}

function takeSignedAck(turn: Turn, compact: string): void {
  const opened = open(turn, compact, 'vang-ack', turn.time.nowMs);
  const problem = opened.ok ? takeAck(turn, opened.payload) : opened.problem;
  if (problem) turn.refuse({ code: 'ackRejected', detail: problem });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
