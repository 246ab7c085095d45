import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { everyTable, person, Station } from '../../../test/support/station.js';
import { type Actor, configureHttp, type RequestWithActor } from '../../platform/http/index.js';
import { silentLog } from '../../platform/logging/index.js';
import { AssetService } from '../asset.service.js';
import { ReleaseService } from './release.service.js';
import { RolloutService } from './rollout.service.js';
import { RolloutViews } from './rollout.views.js';
import { UpdateController } from './update.controller.js';

describeOnBothDatabases('programs over HTTP', everyTable, (open) => {
  let station: Station;
  let app: NestExpressApplication;
  let actor: Actor;
  let areaId = '';
  beforeAll(async () => {
    station = await Station.open(await open());
    await station.settle();
    areaId = (await station.area('ak')).id;
    actor = station.root;
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = actor;
        return true;
      },
    };
    @Module({
      controllers: [UpdateController],
      providers: [
        ...[ReleaseService, RolloutService, RolloutViews].map((room) => ({
          provide: room,
          useValue: station.get(room as typeof ReleaseService),
        })),
        { provide: APP_GUARD, useValue: guard },
      ],
    })
    class SpecModule {}
    app = await NestFactory.create<NestExpressApplication>(SpecModule, { bodyParser: false, logger: false });
    configureHttp(app, silentLog);
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    await station.close();
  });

  type Answer = { status: number; body: Record<string, unknown> };
  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${await app.getUrl()}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  async function upload(bytes: Uint8Array, query: Record<string, string>): Promise<Answer> {
    const answer = await fetch(`${await app.getUrl()}/api/releases?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/gzip' },
      body: Buffer.from(bytes),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const listed = async () => (await send('GET', 'releases')).body as unknown as { number: number }[];
  const asked = async (who: Actor, deed: () => Promise<Answer>): Promise<Answer> => {
    actor = who;
    try {
      return await deed();
    } finally {
      actor = station.root;
    }
  };

  it('a bundle is kept under its hash, is fetched by devices in chunks, and is written down', async () => {
    const bundle = Buffer.alloc(100_000, 'bundle');
    const sha256 = createHash('sha256').update(bundle).digest('hex');
    const made = await upload(bundle, { number: '5', name: '1.4.0', notes: 'sửa lỗi', models: 'vang-player, box-2' });
    expect(made).toMatchObject({
      status: 201,
      body: { number: 5, name: '1.4.0', models: ['vang-player', 'box-2'], sha256, bytes: 100_000 },
    });
    const asset = await station.get(AssetService).find(sha256);
    expect(JSON.parse(asset?.descriptor ?? '{}')).toMatchObject({ sha256, bytes: 100_000 });
    const audit: { detail: string }[] = await station.database.read((reader) =>
      reader.query("SELECT detail FROM audit_entry WHERE action = 'update.released'"),
    );
    expect(audit.map(({ detail }) => JSON.parse(detail))).toMatchObject([{ number: 5, sha256 }]);
  });

  it('numbers only go up', async () => {
    for (const number of ['5', '4'])
      expect(await upload(Buffer.from('other'), { number, name: 'x', models: 'm' })).toMatchObject({
        status: 409,
        body: { code: 'update.numberTaken' },
      });
    expect((await listed()).map(({ number }) => number)).toEqual([5]);
  });

  test.each<[string, Record<string, string>]>([
    ['no number', { name: 'x', models: 'm' }],
    ['a number that is none', { number: '1e400', name: 'x', models: 'm' }],
    ['a part of a number', { number: '7.5', name: 'x', models: 'm' }],
    ['no name', { number: '7', name: ' ', models: 'm' }],
    ['a NUL in the name', { number: '7', name: 'x\0', models: 'm' }],
    ['no model', { number: '7', name: 'x', models: ' , ' }],
    ['a model that is a path', { number: '7', name: 'x', models: '../../etc' }],
    ['endless notes', { number: '7', name: 'x', models: 'm', notes: 'a'.repeat(2_001) }],
  ])('refuses %s', async (_, query) => {
    expect((await upload(Buffer.from('b'), query)).status).toBe(400);
    expect((await listed()).map(({ number }) => number)).toEqual([5]);
  });

  it('refuses an empty bundle, one that says that it is too large, and one that turns out to be', async () => {
    const query = { number: '8', name: 'x', models: 'm' };
    expect(await upload(Buffer.alloc(0), query)).toMatchObject({ status: 422, body: { code: 'update.bundleEmpty' } });
    const announced = await raw(query, { 'content-length': '64000001' }, []);
    expect(announced).toMatchObject({ status: 413, body: { code: 'update.bundleTooLarge' } });
    const piece = Buffer.alloc(1_000_000);
    expect(await raw(query, {}, Array(70).fill(piece))).toMatchObject({ status: 413 });
    expect((await listed()).map(({ number }) => number)).toEqual([5]);
    const incoming = join(dirname(dirname(dirname(station.platform.store.path('a'.repeat(64))))), 'incoming');
    expect(readdirSync(incoming)).toEqual([]);
  });

  /** Reads the answer also while it is still sending. */
  async function raw(query: Record<string, string>, headers: Record<string, string>, pieces: Buffer[]) {
    const url = `${await app.getUrl()}/api/releases?${new URLSearchParams(query)}`;
    return new Promise<Answer>((done, fail) => {
      const sending = request(url, { method: 'POST', headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          sending.destroy();
          done({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(parts).toString()) });
        });
      });
      sending.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : fail(error)));
      const closed = new Promise((go) => sending.once('close', go));
      sending.flushHeaders();
      void (async () => {
        for (const piece of pieces)
          if (!sending.destroyed && !sending.write(piece))
            await Promise.race([new Promise((go) => sending.once('drain', go)), closed]);
        if (headers['content-length'] === undefined && !sending.destroyed) sending.end();
      })();
    });
  }

  it('adds no program on the word of somebody who answers for an area only, or only looks on', async () => {
    const { path } = await station.area('ak');
    const query = { number: '9', name: 'x', models: 'm' };
    for (const who of [person('xã', 'administrator', path), person('kt', 'technician', '/')])
      expect(await asked(who, () => upload(Buffer.from('b'), query))).toMatchObject({
        status: 403,
        body: { code: 'right.missing' },
      });
    expect((await listed()).map(({ number }) => number)).toEqual([5]);
  });

  describe('a rollout', () => {
    const releaseId = async () => String(((await listed())[0] as unknown as { id: string }).id);
    test.each<[string, object]>([
      ['stages that do not end with everybody', { stages: [{ percent: 50 }] }],
      ['a stage of both kinds', { stages: [{ percent: 50, count: 2 }, { percent: 100 }] }],
      ['no stage', { stages: [] }],
      ['a night that is none', { night: { from: '24:00', until: '04:00' } }],
      ['a night without length', { night: { from: '04:00', until: '04:00' } }],
      ['no share at all', { healthyPercent: 0 }],
      ['more than all', { failedPercent: 101 }],
      ['watching for ever', { soakMs: 31 * 86_400_000 }],
      ['an area that is a path', { areaId: '../' }],
      ['a NUL in the reason', { reason: '\0' }],
    ])('with %s is refused at the door', async (_, wrong) => {
      const answer = await send('POST', 'rollouts', { releaseId: await releaseId(), areaId, ...wrong });
      expect(answer.status).toBe(400);
    });

    it('of a program that does not exist, or to nobody, is none', async () => {
      expect(await send('POST', 'rollouts', { releaseId: 'none', areaId })).toMatchObject({
        status: 404,
        body: { code: 'update.releaseUnknown' },
      });
      expect(await send('POST', 'rollouts', { releaseId: await releaseId(), areaId })).toMatchObject({
        status: 422,
        body: { code: 'update.nobody' },
      });
      expect((await send('GET', `rollouts?areaId=${areaId}`)).body).toEqual([]);
    });

    it('goes through its states, and is shown with its devices', async () => {
      const device = await station.enrol('k1', { offline: true });
      const firmware = JSON.stringify({ release: 1, name: '1.0.0' });
      await station.database.write(({ manager }) =>
        manager.query(
          `UPDATE controller SET model = 'box-2', firmware = '${firmware}', capabilities = '["update"]' WHERE id = '${device.id}'`,
        ),
      );
      const begun = await send('POST', 'rollouts', { releaseId: await releaseId(), areaId });
      expect(begun).toMatchObject({
        status: 201,
        body: { state: 'running', night: { from: '00:00', until: '04:00' } },
      });
      const place = `rollouts/${begun.body.id}`;
      expect(await send('POST', `${place}/halt`, { reason: 'chờ' })).toMatchObject({ body: { haltReason: 'chờ' } });
      expect(await send('POST', `${place}/resume`, {})).toMatchObject({ body: { state: 'running', haltReason: null } });
      expect(await send('POST', `${place}/resume`, {})).toMatchObject({ body: { code: 'update.notHalted' } });
      expect(await send('POST', `${place}/cancel`, {})).toMatchObject({ body: { state: 'cancelled' } });
      expect(await send('POST', `${place}/back`, {})).toMatchObject({ body: { code: 'update.noFormer' } });
      expect(await send('GET', place)).toMatchObject({ status: 200, body: { counts: { ordered: 0 }, devices: [] } });
      expect((await send('GET', `rollouts?areaId=${areaId}`)).body).toMatchObject([{ id: begun.body.id }]);
      expect(await send('GET', `controllers/${device.id}/updates`)).toEqual({
        status: 200,
        body: { order: null, statuses: [] },
      });
      expect(await send('GET', 'rollouts/none')).toMatchObject({ body: { code: 'update.rolloutUnknown' } });
    });
  });
});
