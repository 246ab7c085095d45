import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../../demo/api-client.js';
import { DEMO_PASSWORD, LOGINS } from '../../demo/load.js';
import { DemoService } from '../../demo/service.js';
import { someOf } from '../support/long.js';

const pause = async () => void (await wait(20));

describe('start and stop of the service', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vang-life-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const withService = async (work: (service: DemoService) => Promise<void>) => {
    const service = new DemoService(folder, { http: 0, mqtt: 0 });
    try {
      await service.ready();
      await work(service);
    } finally {
      await service.stop();
    }
  };

  it.each(someOf(['keys', 'content', 'vang.sqlite'], 1))(
    'SIGTERM in the middle of the first start (once %s is there) leaves a folder that starts',
    async (sign) => {
      const early = new DemoService(folder, { http: 0, mqtt: 0 });
      const exited = early.exited();
      const there = () =>
        access(join(folder, 'service', sign)).then(
          () => true,
          () => false,
        );
      while (!(await there())) await pause();
      await early.stop();
      expect(await exited).toBe(0);
      await withService(async (service) => {
        expect(await (await service.logIn(LOGINS.administrator)).get('/api/me')).toMatchObject({ name: 'Quản trị' });
      });
    },
  );

  it('a wrong setting stops the start with one readable line that names it', async () => {
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      env: { ...process.env, VANG_PORT: 'tám nghìn', VANG_DATA: folder },
      stdio: 'pipe',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).toContain('VANG_PORT');
    expect(await readdir(folder)).toEqual([]);
  });

  it('a second process on the same data is refused, and the first goes on', async () => {
    await withService(async (service) => {
      const second = new DemoService(folder, { http: 0, mqtt: 0 });
      await expect(second.ready()).rejects.toThrow(/ended with 1/);
      expect(await (await service.logIn(LOGINS.administrator)).get('/healthz')).toEqual({ status: 'ok' });
    });
  });

  it('SIGTERM in the middle of an upload: nothing half is recorded, and the upload works after the restart', async () => {
    let itemId = '';
    await withService(async (service) => {
      const administrator = await service.logIn(LOGINS.administrator);
      itemId = await newRecording(administrator);
      const upload = await halfUpload(administrator.url, itemId);
      await Promise.all([service.stop(), upload.end]);
    });
    await withService(async (service) => {
      const administrator = await service.logIn(LOGINS.administrator);
      const item = await administrator.get<{ versions: { audio: { state: string; uploaded: boolean } }[] }>(
        `/api/items/${itemId}`,
      );
      expect(item.versions).toHaveLength(1);
      expect(item.versions[0]?.audio).toMatchObject({ state: 'none', uploaded: false });
    });
    expect(await readdir(join(folder, 'service', 'content', 'incoming'))).toEqual([]);
  });

  it('every answer carries a request id, errors are problems in the language of the reader', async () => {
    await withService(async (service) => {
      const { url } = await service.logIn(LOGINS.administrator);
      const vietnamese = await fetch(`${url}/api/areas`, { headers: { 'x-request-id': 'theo-doi-1' } });
      expect(vietnamese.status).toBe(401);
      expect(vietnamese.headers.get('content-type')).toContain('application/problem+json');
      expect(await vietnamese.json()).toMatchObject({
        code: 'login.required',
        title: 'Cần đăng nhập để tiếp tục.',
        requestId: 'theo-doi-1',
      });
      const english = await fetch(`${url}/api/nothing-here`, { headers: { 'accept-language': 'en' } });
      expect(await english.json()).toMatchObject({
        code: 'request.notFound',
        title: 'There is nothing at this address.',
      });
      expect(english.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      const garbage = await fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"login":',
      });
      expect(await garbage.json()).toMatchObject({ code: 'request.refused' });
      const nul = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"login":"a\\u0000b","password":"x"}',
      };
      expect(await (await fetch(`${url}/api/login`, nul)).json()).toMatchObject({ code: 'request.refused' });
      expect(await (await fetch(`${url}/api/areas?search=%00`)).json()).toMatchObject({ code: 'request.refused' });
      expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
        ready: true,
        parts: { database: true, broker: true },
      });
      expect(await (await fetch(`${url}/api/openapi.json`)).json()).toMatchObject({
        openapi: expect.stringMatching(/^3\./),
      });
    });
  });
});

async function newRecording(administrator: ApiClient): Promise<string> {
  await administrator.post('/api/areas/imports', { csv: 'code,parentCode,kind,name\nP,,province,Tỉnh' });
  const [area] = await administrator.get<{ id: string }[]>('/api/areas');
  const item = await administrator.post<{ id: string }>('/api/items', {
    kind: 'recording',
    areaId: area?.id,
    title: 'Thu âm',
  });
  return item.id;
}

/** Sends the head and half of the announced body, then nothing more. */
async function halfUpload(url: string, itemId: string): Promise<{ end: Promise<unknown> }> {
  const answer = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: LOGINS.administrator, password: DEMO_PASSWORD }),
  });
  const { token } = (await answer.json()) as { token: string };
  const upload = request(`${url}/api/items/${itemId}/audio`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'audio/wav', 'content-length': 2_000_000 },
  });
  const end = new Promise((resolve) => upload.on('error', resolve).on('response', resolve));
  await new Promise<void>((sent) => upload.write(Buffer.alloc(1_000_000), () => sent()));
  return { end };
}
