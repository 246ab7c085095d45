import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../../demo/api-client.js';
import { LOGINS } from '../../demo/load.js';
import { DemoService } from '../../demo/service.js';
import { correlate, decodeToPcm, findFfmpeg } from '../../media/index.js';
import { readMeter } from '../../media/testing/recordings.js';
import { SmallDistrict } from '../bench/small-district.js';

/** As a clinic forwards it: abbreviations, a date, a time, a telephone number, and one mistake. */
const FORWARDED = `Trạm Y tế xã thông báo: sáng ngày 25/11/2026, từ 7h30 đến 11h, tiêm vắc-xin cho trẻ dưới 5 tuổi tại NVH Ấp 2.

Bà con nhớ mang theo thẻ BHYT. Mọi thắc mắc xin gọi số 0271 3888 999.`;
const CORRECTED = FORWARDED.replace('7h30', '8h');
const RATE = 16_000;

interface Version {
  readonly n: number;
  readonly text: string;
  readonly textSha256: string;
  readonly status: string;
  readonly author: { readonly name: string };
  readonly correctedBy: { readonly name: string } | null;
  readonly approver: { readonly name: string } | null;
  readonly metadata: { readonly sourceOffice: string };
  readonly audio: {
    readonly state: string;
    readonly sha256: string;
    readonly durationMs: number;
    readonly problem: { readonly code: string } | null;
    readonly sound: { readonly verdict: readonly string[] };
    readonly spoken: readonly { readonly said: string; readonly startMs: number }[];
  };
}
interface Item {
  readonly id: string;
  readonly requestId: string | null;
  readonly approvedVersion: number | null;
  readonly versions: readonly Version[];
}

const newest = ({ versions }: Item): Version => {
  const version = versions.at(-1);
  if (!version) throw new Error('an item without a version');
  return version;
};

describe('an office at work: a forwarded request goes on air', () => {
  let folder: string;
  let service: DemoService;
  let url: string;
  let operator: ApiClient;
  let leader: ApiClient;
  let communeId: string;
  let itemId = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-office-'));
    service = new DemoService(folder, { http: 0, mqtt: 0 });
    url = await service.ready();
    const district = await SmallDistrict.load(service, 2, 'Kính thưa bà con!', async () => void (await wait(50)));
    communeId = district.communeId;
    operator = district.author;
    leader = await service.logIn(LOGINS.approver);
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Looks at the item until its newest sound is made; every look is at the service's own answer. */
  async function whenReady(client: ApiClient, id: string): Promise<Version> {
    for (;;) {
      const version = newest(await client.get<Item>(`/api/items/${id}`));
      if (version.audio.state === 'failed') throw new Error(`no audio: ${version.audio.problem?.code}`);
      if (version.audio.state === 'ready') return version;
      await wait(50);
    }
  }
  async function levelOf(bytes: Buffer, name: string) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return readMeter(await findFfmpeg(), path);
  }
  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => 'allowed',
      (error: unknown) => /"code":"([^"]+)"/.exec(String(error))?.[1] ?? String(error),
    );

  it('a demonstration says so to every page', async () =>
    expect(await operator.get('/api/installation')).toEqual({ demo: true }));

  it('the clinic sends a text through its link, without an account', async () => {
    const link = { areaId: communeId, senderKind: 'clinic', senderName: 'Trạm Y tế xã' };
    const { address } = await operator.post<{ address: string }>('/api/request-links', link);
    const token = new URL(address).pathname.split('/').at(-1);
    const send = (key: string) =>
      fetch(`${url}/api/public/requests/${token}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-key': key },
        body: JSON.stringify({ title: 'Lịch tiêm chủng', text: FORWARDED, wanted: 'sáng mai' }),
      });
    const key = randomUUID();
    expect((await send(key)).status).toBe(201);
    // On a poor line the page sends again: it is the same request.
    expect((await send(key)).ok).toBe(true);
    const waiting = await operator.get<unknown[]>('/api/requests?status=new');
    expect(waiting).toMatchObject([{ senderName: 'Trạm Y tế xã', title: 'Lịch tiêm chủng', status: 'new' }]);
  });

  it('one tap makes a draft that keeps who asked, and the operator reads and hears what will be said', async () => {
    const [request] = await operator.get<{ id: string }[]>('/api/requests?status=new');
    ({ itemId } = await operator.post<{ itemId: string }>(`/api/requests/${request?.id}/draft`));
    const preview = await operator.bytes(`/api/items/${itemId}/preview`);
    expect(preview.toString('latin1', 0, 4)).toBe('RIFF');
    const version = await whenReady(operator, itemId);
    const said = version.audio.spoken.map((sentence) => sentence.said).join(' ');
    expect(said).toContain('hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu');
    expect(said).toContain('bảo hiểm y tế');
    expect(said).not.toMatch(/\d/);
    expect(version).toMatchObject({ status: 'draft', metadata: { sourceOffice: 'Trạm Y tế xã' } });
    expect((await operator.get<Item>(`/api/items/${itemId}`)).requestId).toBe(request?.id);
  });

  it('what is heard is level, and both forms hold the same sound', async () => {
    const { audio } = await whenReady(operator, itemId);
    expect(audio.sound.verdict).toEqual([]);
    const [opus, mp3] = [
      await operator.bytes(`/api/items/${itemId}/audio`),
      await operator.bytes(`/api/items/${itemId}/audio?format=mp3`),
    ];
    for (const [bytes, name] of [
      [opus, 'heard.ogg'],
      [mp3, 'heard.mp3'],
    ] as const) {
      const { lufs, truePeakDb } = await levelOf(bytes, name);
      expect(Math.abs(lufs + 16)).toBeLessThanOrEqual(0.5);
      expect(truePeakDb).toBeLessThanOrEqual(-1.5);
    }
    const tool = await findFfmpeg();
    const pcm = (name: string) => decodeToPcm({ tool, path: join(folder, name), sampleRate: RATE });
    const [reference, recorded] = [await pcm('heard.ogg'), await pcm('heard.mp3')];
    const match = correlate({ reference, recorded, sampleRate: RATE });
    // Two codecs at low bit rates never give the same wave; other words would be far below.
    expect(match.similarity).toBeGreaterThan(0.9);
  });

  it('the operator sends it for approval and cannot approve it; the leader is told', async () => {
    await operator.post(`/api/items/${itemId}/submit`);
    const { textSha256, audio } = await whenReady(operator, itemId);
    const approval = { textSha256, audioSha256: audio.sha256 };
    expect(await refusal(operator.post(`/api/items/${itemId}/approve`, approval))).toMatch(/right|ownWork/);
    const waiting = await leader.get<unknown[]>('/api/approvals');
    expect(waiting).toMatchObject([{ itemId, status: 'pending', mustBeHeard: false, title: 'Lịch tiêm chủng' }]);
    for (;;) {
      const { notices } = await leader.get<{ notices: { link: string }[] }>('/api/notices');
      if (notices.some(({ link }) => link.includes(itemId))) break;
      await wait(50);
    }
  });

  it('the leader corrects a word; the sound is made anew and must be heard before it counts', async () => {
    const before = await whenReady(leader, itemId);
    const correction = { text: CORRECTED, version: before.n, textSha256: before.textSha256 };
    await leader.post(`/api/items/${itemId}/correct`, correction);
    const corrected = await whenReady(leader, itemId);
    expect(corrected).toMatchObject({ n: 2, status: 'pending', text: CORRECTED });
    expect(corrected.author.name).not.toBe(corrected.correctedBy?.name);
    expect(corrected.audio.sha256).not.toBe(before.audio.sha256);
    expect(corrected.audio.spoken[0]?.said).toContain('tám giờ');
    const approval = { textSha256: corrected.textSha256, audioSha256: corrected.audio.sha256 };
    expect(await refusal(leader.post(`/api/items/${itemId}/approve`, approval))).toBe('library.notHeard');
    const sound = await leader.bytes(`/api/items/${itemId}/audio`);
    expect((await levelOf(sound, 'corrected.ogg')).lufs).toBeCloseTo(-16, 0);
    await leader.post(`/api/items/${itemId}/heard`, { version: 2, audioSha256: corrected.audio.sha256 });
    await leader.post(`/api/items/${itemId}/approve`, approval);
  });

  it('it may go on air, with both names, and the sender sees that', async () => {
    const item = await operator.get<Item>(`/api/items/${itemId}`);
    expect(item.approvedVersion).toBe(2);
    const approved = newest(item);
    expect(approved.status).toBe('approved');
    expect([approved.author.name, approved.correctedBy?.name, approved.approver?.name]).toEqual([
      approved.author.name,
      approved.approver?.name,
      approved.correctedBy?.name,
    ]);
    expect(item.versions[0]).toMatchObject({ n: 1, status: 'withdrawn', text: FORWARDED });
    const entry = { kind: 'once', date: '2030-01-01', time: '05:00' };
    await operator.post('/api/entries', { areaId: communeId, itemId, recurrence: entry });
  });
});
