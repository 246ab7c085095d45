import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import * as protocol from '../../devices/protocol/index.js';
import { readConfig } from '../../src/config/index.js';
import { openApi } from '../../src/open-api.js';
import { approvalPage } from './approval-page.js';
import { conflictsPage } from './conflicts-page.js';
import { preemptionPage } from './preemption-page.js';

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
    const texts = [...files].map(([path, content]) => [path, `${JSON.stringify(content, null, 2)}\n`] as const);
    const pages = [
      ['docs/approval.md', approvalPage()],
      ['docs/preemption.md', preemptionPage()],
      ['docs/conflicts.md', conflictsPage()],
    ] as const;
    return new Map([...texts, ...pages]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const messages = {
  'key-set': protocol.keySet,
  'plan-head': protocol.planHead,
  'day-part': protocol.dayPart,
  'plan-synced': protocol.planSynced,
  'asset-descriptor': protocol.descriptor,
  wish: protocol.wish,
  receipt: protocol.receipt,
  'receipt-batch': protocol.receiptBatch,
  'receipt-ack': protocol.receiptAck,
  'time-request': protocol.timeRequest,
  'time-reply': protocol.timeReply,
  'device-state': protocol.deviceState,
  'device-report': protocol.deviceReport,
  'enrolment-request': protocol.enrolmentRequest,
  'enrolment-answer': protocol.enrolmentAnswer,
  identity: protocol.identity,
} as const;

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
