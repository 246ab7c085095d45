import { CAUSE_MEANINGS } from '../../devices/protocol/index.js';
import { DEVIATIONS } from '../../src/receipts/engine/deviations.js';
import { type Evidence, GRADE_RULES, OUTCOME_RULES, REMARKS } from '../../src/receipts/engine/outcome.js';
import { table } from './markdown.js';

const SAID: { readonly [Name in keyof Evidence]: Readonly<Record<string, string>> } = {
  plan: { standing: 'it stands in the plan', withdrawn: 'it was taken out of the plan', none: 'no plan tells it' },
  told: { sent: 'the plan was sent', received: 'the device holds the plan', verified: 'and its verified audio' },
  stated: {
    none: 'no receipt',
    notPlayed: 'the receipt says not played',
    partial: 'the receipt says in part',
    complete: 'the receipt says whole',
  },
  sounded: { true: 'sound began', false: 'no sound' },
  content: { same: 'of this item', other: 'of other content, told before' },
  key: { trusted: 'its key is trusted', doubted: 'its key was revoked for that time' },
  source: { stored: 'stored sound', relay: 'a relay' },
  reach: { horn: 'from a horn', transmitter: 'at a transmitter' },
  line: { signal: 'the line carried a signal', silent: 'the line was silent', notSensed: 'the line is not sensed' },
  hamlet: {
    heard: 'the hamlet’s head heard it',
    unclear: 'the head heard it badly',
    notHeard: 'the head did not hear it',
    notAsked: 'the head said nothing',
  },
};

const conditionsOf = (when: { readonly [Name in keyof Evidence]?: unknown }): string => {
  const named = Object.entries(when).map(([name, wanted]) =>
    [wanted]
      .flat()
      .map((value) => SAID[name as keyof Evidence][String(value)] ?? String(value))
      .join(' or '),
  );
  return named.length === 0 ? 'else' : named.join('; ');
};

const OUTCOME_WORDS = { complete: 'phát đủ', partial: 'phát chưa đủ', notPlayed: 'không phát', unknown: 'chưa rõ' };

/** docs/outcomes.md, written from the rules that the service obeys. */
export const outcomesPage = (): string =>
  `${[
    '# What a play came to, and how far that is proved',
    '',
    '<!-- Written by `npm run contracts` from src/receipts/engine. Change the rules there, not this page. -->',
    '',
    'Silence is never *not played*: only the device’s own final receipt says so, and without it a play stays *chưa rõ*. A deadline changes',
    'nothing of that. Outcomes are judged again when the evidence changes, so they can fall as well as rise.',
    '',
    '## Outcome: the first row that fits decides',
    '',
    ...table(
      ['', 'Known of the play', 'Outcome', 'Because'],
      OUTCOME_RULES.map(({ when, outcome, remark }, index) => [
        String(index + 1),
        conditionsOf(when),
        outcome ? `\`${outcome}\` (${OUTCOME_WORDS[outcome]})` : 'counts nowhere',
        remark ? `\`${remark}\`` : '',
      ]),
    ),
    '',
    '## Grade: the first row that fits decides',
    '',
    'sent → received → verified → started → completed → sensed → heard; each is stronger than the one before and never counted as a higher',
    'one. A line of a plan names the least grade that counts for it.',
    '',
    ...table(
      ['', 'Known of the play', 'Grade'],
      GRADE_RULES.map(({ when, grade }, index) => [String(index + 1), conditionsOf(when), `\`${grade}\``]),
    ),
    '',
    '## Reasons that the service adds',
    '',
    ...table(
      ['Code', 'Vietnamese', 'Meaning'],
      Object.entries(REMARKS).map(([code, { vi, en }]) => [`\`${code}\``, vi, en]),
    ),
    '',
    '## Causes that a device states',
    '',
    ...table(
      ['Code', 'Vietnamese', 'Meaning'],
      Object.entries(CAUSE_MEANINGS).map(([code, { vi, en }]) => [`\`${code}\``, vi, en]),
    ),
    '',
    '## Not as required',
    '',
    'Stated beside the outcome, whatever that is (`notAsRequired` in the list of receipts).',
    '',
    ...table(
      ['Code', 'Vietnamese', 'Meaning'],
      Object.entries(DEVIATIONS).map(([code, { vi, en }]) => [`\`${code}\``, vi, en]),
    ),
  ].join('\n')}\n`;
