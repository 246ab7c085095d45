import {
  AUTHORITY_LEVELS,
  INTERRUPTED_RELAY,
  INTERRUPTED_RULES,
  LATE_RULES,
  MAX_INTERRUPTIONS,
  ON_TIME_MS,
  PLAY_CLASSES,
  POLICY_VERSION,
  PREEMPTION_TABLE,
  type Standing,
} from '../../devices/protocol/index.js';
import { table } from './markdown.js';

const BOTH_WAIT = {
  newcomer: 'goes first',
  other: 'goes second',
  earlierStart: 'the earlier start goes first',
} as const;

/** docs/preemption.md, written from the data that service and player obey. */
export function preemptionPage(): string {
  const standings = PLAY_CLASSES.flatMap((kind) => AUTHORITY_LEVELS.map((level) => ({ class: kind, level })));
  return `${[
    '# Who gets the loudspeaker',
    '',
    '<!-- Written by `npm run contracts` from devices/protocol. Change the data there, not this page. -->',
    '',
    `Policy version ${POLICY_VERSION}. The same data and pure functions decide in the service (preview, conflicts) and in the player.`,
    'A priority is placed ahead and cuts nothing; where two priorities meet, the commune decides before the plan is made.',
    '',
    '## While the other one sounds',
    '',
    'Row: the newcomer. Column: what sounds.',
    '',
    ...table(
      ['', ...standings.map(nameOf)],
      standings.map((newcomer) => [
        nameOf(newcomer),
        ...standings.map((other) =>
          rowOf(newcomer, other).whileOtherSounds === 'interrupts' ? '**interrupts**' : 'waits',
        ),
      ]),
    ),
    '',
    '## When both wait',
    '',
    'Row against column, for the loudspeaker that becomes free. At the same start the id of the play decides last.',
    '',
    ...table(
      ['', ...standings.map(nameOf)],
      standings.map((newcomer) => [
        nameOf(newcomer),
        ...standings.map((other) => BOTH_WAIT[rowOf(newcomer, other).whenBothWait]),
      ]),
    ),
    '',
    '## What becomes of an interrupted play',
    '',
    `At most ${MAX_INTERRUPTIONS} interruptions: the last one ends the play. Each is told in the receipt (\`interruptions\`).`,
    '',
    ...table(
      ['`interrupted`', 'begins again', 'must fit before `latestEndMs`', '`playedMs` counts'],
      [
        ...Object.entries(INTERRUPTED_RULES).map(([policy, rule]) => [`\`${policy}\``, rule] as const),
        ['a relay that is not dropped', INTERRUPTED_RELAY] as const,
      ].map(([policy, rule]) => [policy, rule.beginsAgainAt ?? 'no', rule.mustFit ?? '–', rule.counts]),
    ),
    '',
    '## A late start',
    '',
    `Within ${ON_TIME_MS} ms a start is on time.`,
    '',
    ...table(
      ['`late`', 'begins', 'while', 'given up as'],
      Object.entries(LATE_RULES).map(([policy, rule]) => [
        `\`${policy}\``,
        rule.beginsAt ?? 'no',
        rule.while,
        `\`${rule.givenUpAs}\``,
      ]),
    ),
  ].join('\n')}\n`;
}

const nameOf = ({ class: kind, level }: Standing): string => `${kind}, ${level}`;

function rowOf(newcomer: Standing, other: Standing) {
  const row = PREEMPTION_TABLE.find(
    (each) =>
      each.newcomer.class === newcomer.class &&
      each.newcomer.level === newcomer.level &&
      each.other.class === other.class &&
      each.other.level === other.level,
  );
  if (!row) throw new Error(`the table lacks ${nameOf(newcomer)} against ${nameOf(other)}`);
  return row;
}
