import '../../src/dispatch/problems.js';
import '../../src/fleet/access/problems.js';
import '../../src/fleet/enrolment/problems.js';
import '../../src/fleet/problems.js';
import '../../src/platform/http/problems.js';
import '../../src/receipts/problems.js';
import { m3u8, xspf } from '../../src/dispatch/engine/playlists.js';
import { problemRegistry } from '../../src/platform/i18n/index.js';
import { EXAMPLES } from './http-examples.js';
import { table } from './markdown.js';

const ROOT = 'https://vang.example.vn/api/device/v1';
const BEARER = 'authorization: Bearer {device}.{token}';

interface Exchange {
  readonly request: string;
  readonly says: string;
  readonly schemas?: readonly string[];
  readonly asked?: unknown;
  /** Status and the words behind it. */
  readonly answered: string;
  readonly answer: unknown;
}

const EXCHANGES: readonly Exchange[] = [
  {
    request: 'POST /enrolments',
    says: 'Makes a controller of a claim; again with the same key if the answer was lost.',
    schemas: ['enrolment-request', 'enrolment-answer'],
    asked: EXAMPLES.enrolmentRequest,
    answered: '201',
    answer: EXAMPLES.enrolmentAnswer,
  },
  {
    request: 'POST /challenges',
    says: 'Letters to sign, good for five minutes and for the present token alone. Answered for any name.',
    schemas: ['challenge-request', 'challenge-answer'],
    asked: EXAMPLES.challengeRequest,
    answered: '200',
    answer: EXAMPLES.challengeAnswer,
  },
  {
    request: 'POST /tokens',
    says: 'Another token for the same key. The old one ends, and with it the session.',
    schemas: ['token-request', 'token-answer'],
    asked: EXAMPLES.tokenRequest,
    answered: '200',
    answer: EXAMPLES.tokenAnswer,
  },
  {
    request: 'POST /keys',
    says: 'Another key for the same device; both keys sign. Answered like an enrolment.',
    schemas: ['key-change', 'enrolment-answer'],
    asked: EXAMPLES.keyChange,
    answered: '200',
    answer: EXAMPLES.enrolmentAnswer,
  },
  {
    request: 'GET /plan',
    says: `For a device that pulls: key set and head, the letters that MQTT carries. \`${BEARER}\`, \`if-none-match\`: the \`etag\` of the answer before; 304 while neither changed. \`head\` is null while there is no plan.`,
    answered: '200, `etag: "1795168800000-Zm9vYmFyYmF6cXV1"`',
    answer: EXAMPLES.pulledPlan,
  },
];

/** `## HTTP` of docs/protocol/messages.md. */
export function* http(): Generator<string> {
  yield `Under \`${ROOT}\` (\`url\` of the claim). Bodies are JSON in UTF-8 with \`content-type: application/json\`. Signed`;
  yield 'letters are cut here; whole ones are in the vectors.';
  yield '';
  for (const { request, says, schemas = [], asked, answered, answer } of EXCHANGES) {
    yield `### ${request}`;
    yield '';
    yield `${says}${schemas.length > 0 ? ` Schemas: ${schemas.map((name) => `\`${name}\``).join(', ')}.` : ''}`;
    yield '';
    if (asked !== undefined) yield* json(asked);
    yield `Answer: ${answered}.`;
    yield '';
    yield* json(answer);
  }
  yield '### GET /assets/{sha256}';
  yield '';
  yield `The bytes of an asset, audio or day part. \`${BEARER}\`. \`range: bytes=32768-\` gives 206 and the rest; the \`etag\` is the hash, so \`if-range\``;
  yield 'and `if-none-match` hold for ever (304). Verify the whole by its hash.';
  yield '';
  yield '### GET /playlist.m3u8, GET /playlist.xspf';
  yield '';
  yield `What lies ahead today, for players that know no plan: \`${BEARER}\`, or \`Basic\` with the device as name and the token as`;
  yield 'password. The instant of each play stands beside it; such a player writes no receipts, so its plays stay *unknown*.';
  yield '';
  const { play } = EXAMPLES;
  yield* code('', m3u8([play], (sha256) => `${ROOT}/assets/${sha256}`).trimEnd());
  yield* code('xml', xspf([play], (sha256) => `${ROOT}/assets/${sha256}`).trimEnd());
}

/** What a device is told when its request is refused, and what it does then. */
export const HTTP_ERRORS: readonly (readonly [code: string, where: string, then: string])[] = [
  [
    'request.invalid',
    'all with a body',
    'The body is not as its schema says; `errors` names the fields. A fault of the program.',
  ],
  ['request.refused', 'all with a body', 'The body is no JSON. A fault of the program.'],
  ['request.tooLarge', 'all with a body', 'A fault of the program.'],
  ['claim.unknown', '`enrolments`', 'Stop; a person scans again or asks for another claim.'],
  ['claim.proofWrong', '`enrolments`', 'Stop: `proof` is not the signature of `publicKey` over the code.'],
  ['claim.simulatedRefused', '`enrolments`', 'Stop: only a demo takes `simulated: true`.'],
  ['claim.otherBox', '`enrolments`', 'Stop: the claim was printed for a box with another `serial`.'],
  ['claim.used', '`enrolments`', 'Stop: another key used the claim, or its box was replaced.'],
  ['claim.expired', '`enrolments`', 'Stop; a person asks for another claim.'],
  ['claim.notInstalled', '`enrolments`', 'Ask again each minute: the technician has not handed the box over yet.'],
  ['cluster.unknown', '`enrolments`', 'Stop: the place of the claim was removed meanwhile.'],
  [
    'broker.unreachable',
    '`enrolments`, `tokens`, `keys`',
    'Ask again after 30 s, and then less often: the broker could not be told of the device.',
  ],
  [
    'device.challengeWrong',
    '`tokens`, `keys`',
    'Ask for another challenge: it is over, or the token has changed since.',
  ],
  [
    'device.proofWrong',
    '`tokens`, `keys`',
    'The key is not the one that the service knows (or the new key is the old one). A person makes a new claim.',
  ],
  ['device.asksTooOften', '`challenges`, `tokens`, `keys`', 'Wait a minute: ten a minute are answered for one device.'],
  [
    'device.unauthorized',
    '`plan`, `assets`, playlists',
    'The token has ended or the device was revoked: ask for another token once.',
  ],
  ['asset.unknown', '`assets`', 'The plan has changed meanwhile: take the newest head.'],
  ['request.notFound', 'any other address', 'A fault of the program.'],
  ['service.fault', 'all', 'Ask again after 30 s, and then less often.'],
  ['service.stopping', 'all', 'Ask again after a few seconds.'],
  ['service.diskFull', 'all', 'Ask again after 30 s, and then less often.'],
];

export function* httpErrors(): Generator<string> {
  yield 'A refusal is `application/problem+json` (RFC 9457); `title` is in Vietnamese, or in English for `accept-language: en`. Act on `code`:';
  yield 'a code that you do not know is acted on by its status (4xx: stop and show it, 429 and 5xx: ask again later).';
  yield '';
  yield* json({
    type: 'https://vang.invalid/problems/claim.used',
    title: wordsOf('claim.used').vi,
    status: 409,
    code: 'claim.used',
    requestId: '01KAEXAMPLE',
  });
  yield* table(
    ['Status', 'Code', 'Where', 'In words', 'Do'],
    HTTP_ERRORS.map(([problem, where, then]) => {
      const { status, vi, en } = wordsOf(problem);
      return [String(status), `\`${problem}\``, where, `${vi} / ${en}`, then];
    }),
  );
  yield '';
}

/** Why a receipt was put into quarantine: told to people, and as `quarantined` in the acknowledgement. */
export function* quarantineReasons(): Generator<string> {
  const reasons = [...problemRegistry].filter(([name]) => name.startsWith('receipt.'));
  yield* table(
    ['Reason', 'In words'],
    reasons.map(([name, { vi, en }]) => [`\`${name}\``, `${vi} / ${en}`]),
  );
  yield '';
}

function wordsOf(problem: string) {
  const text = problemRegistry.get(problem);
  if (!text) throw new Error(`${problem} is no problem of the service`);
  return text;
}

function json(value: unknown): Generator<string> {
  return code('json', JSON.stringify(value, shortened, 1));
}

function* code(language: string, text: string): Generator<string> {
  yield `\`\`\`${language}`;
  yield text;
  yield '```';
  yield '';
}

/** Signed letters are long and say nothing to a reader. */
const shortened = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > 120 ? `${value.slice(0, 60)}…` : value;
