import { execFile } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoService } from '../../demo/service.js';
import { SmallDistrict } from '../bench/small-district.js';

const run = promisify(execFile);
const script = join(import.meta.dirname, '../../docs/protocol/by-hand.sh');

async function has(program: string): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    if (
      await access(join(folder, program)).then(
        () => true,
        () => false,
      )
    )
      return true;
  return false;
}
const tools = await Promise.all(['curl', 'openssl', 'mosquitto_pub', 'mosquitto_sub'].map(has));
const describeWithTools = tools.every(Boolean) ? describe : describe.skip;

/** docs/protocol promises that an engineer with four common programs can be a controller. */
describeWithTools('a controller by hand', () => {
  let folder: string;
  let service: DemoService;
  let district: SmallDistrict;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-by-hand-'));
    service = new DemoService(folder, { http: 0, mqtt: 0 });
    await service.ready();
    const text = 'Đề nghị bà con đăng ký vay vốn tại trụ sở ấp trước ngày hai mươi lăm tháng này. '.repeat(12);
    district = await SmallDistrict.load(service, 1, text, async () => void (await wait(50)));
    await district.scheduleAt([Date.now() + 3_600_000]);
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('enrols, takes its plan, assembles an asset of several chunks and delivers a receipt', async () => {
    const claim = await district.claim(0);
    const { stdout, stderr } = await run(script, [claim, join(folder, 'device')], { timeout: 100_000 }).catch(
      (error: { stderr?: string }) => {
        throw new Error(error.stderr ?? String(error));
      },
    );
    const said = JSON.parse(stdout) as { device: string; audioBytes: number; receipt: string };
    expect(said.audioBytes).toBeGreaterThan(32_768);
    expect(stderr).toContain('the receipt is stored');
    const receipts = await district.administrator.get<{ device?: string }[]>('/api/receipts');
    expect(JSON.stringify(receipts)).toContain(said.receipt);
  }, 110_000);

  it('is refused with a claim that was used by another key', async () => {
    const claim = await district.claim(0);
    await run(script, [claim, join(folder, 'first')], { timeout: 100_000 });
    await expect(run(script, [claim, join(folder, 'second')], { timeout: 100_000 })).rejects.toThrow('claim.used');
  }, 210_000);

  it('trusts no other root than the one of its claim', async () => {
    const claim = await district.claim(0);
    const said = JSON.parse(Buffer.from(claim.slice('VANG1.'.length), 'base64url').toString()) as { root: string };
    const forged = { ...said, root: 'f'.repeat(64) };
    const text = `VANG1.${Buffer.from(JSON.stringify(forged)).toString('base64url')}`;
    await expect(run(script, [text, join(folder, 'third')], { timeout: 100_000 })).rejects.toThrow(
      'the root key is not the one of the claim',
    );
  }, 110_000);
});
