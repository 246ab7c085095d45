import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { conformancePage } from '../../devices/conformance/page.js';
import * as protocol from '../../devices/protocol/index.js';
import { readConfig } from '../../src/config/index.js';
import { openApi } from '../../src/open-api.js';
import { approvalPage } from './approval-page.js';
import { asyncApi } from './asyncapi.js';
import { conflictsPage } from './conflicts-page.js';
import { messagesPage } from './messages-page.js';
import { outcomesPage } from './outcomes-page.js';
import { preemptionPage } from './preemption-page.js';
import { VECTORS } from './vectors.js';

/** The committed contracts: written by `npm run contracts`, compared by `npm run drift`. */
async function contracts(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'vang-contracts-'));
  try {
    const files = new Map<string, unknown>([
      ['docs/api/openapi.json', await openApi(readConfig({ VANG_DATA: folder, VANG_LOG_LEVEL: 'silent' }))],
    ]);
    for (const [name, schema] of Object.entries(messages))
      files.set(`docs/api/protocol/${name}.schema.json`, z.toJSONSchema(schema, { io: 'input' }));
    files.set('docs/api/protocol/topics.json', protocol.TOPIC_RULES);
    files.set('docs/api/protocol/vectors.json', VECTORS);
    files.set('docs/api/asyncapi.json', asyncApi());
    const texts = [...files].map(([path, content]) => [path, `${JSON.stringify(content, null, 2)}\n`] as const);
    const pages = [
      ['docs/approval.md', approvalPage()],
      ['docs/preemption.md', preemptionPage()],
      ['docs/conflicts.md', conflictsPage()],
      ['docs/outcomes.md', outcomesPage()],
      ['docs/protocol/messages.md', messagesPage()],
      ['docs/protocol/conformance.md', conformancePage()],
    ] as const;
    return new Map([...texts, ...pages]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const messages: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(
    Object.values(protocol.CATALOGUE).flatMap(({ name, schema }) => (schema ? [[name, schema]] : [])),
  ),
  // What travels inside another message, or over HTTP.
  'day-part': protocol.dayPart,
  receipt: protocol.receipt,
  'enrolment-request': protocol.enrolmentRequest,
  'enrolment-answer': protocol.enrolmentAnswer,
  'challenge-request': protocol.challengeRequest,
  'challenge-answer': protocol.challengeAnswer,
  'token-request': protocol.tokenRequest,
  'token-answer': protocol.tokenAnswer,
  'key-change': protocol.keyChange,
};

const write = process.argv.includes('--write');
let drifted = 0;
for (const [path, text] of await contracts()) {
  if (write) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    continue;
  }
  const committed = await readFile(path, 'utf8').catch(() => null);
  if (committed === text) continue;
  drifted += 1;
  process.stderr.write(`${path} has drifted: run npm run contracts and look at the difference\n`);
}
process.exitCode = drifted === 0 ? 0 : 1;
