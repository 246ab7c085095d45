import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import { everyTable, Station } from '../../test/support/station.js';
import { configureHttp, type RequestWithActor } from '../platform/http/index.js';
import { silentLog } from '../platform/logging/index.js';
import { ClusterGroupController } from './cluster-group.controller.js';
import { ClusterGroupService } from './cluster-group.service.js';

describeOnBothDatabases('groups of clusters over HTTP', everyTable, (open) => {
  let station: Station;
  let app: NestExpressApplication;
  let areaId = '';
  let clusterIds: string[] = [];
  beforeAll(async () => {
    station = await Station.open(await open());
    await station.settle();
    areaId = (await station.area('ak')).id;
    clusterIds = [(await station.cluster('k1')).id, (await station.cluster('k2')).id].sort();
    const guard = {
      canActivate(context: ExecutionContext) {
        context.switchToHttp().getRequest<RequestWithActor>().actor = station.root;
        return true;
      },
    };
    @Module({
      controllers: [ClusterGroupController],
      providers: [
        { provide: ClusterGroupService, useValue: station.get(ClusterGroupService) },
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

  async function send(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${await app.getUrl()}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Record<string, unknown> };
  }

  it('one is made, seen, changed and deleted; case 21: its name in NFD is its name in NFC', async () => {
    const made = await send('POST', 'cluster-groups', { areaId, name: '  Chợ Ấp 1 '.normalize('NFD'), clusterIds });
    expect(made).toMatchObject({ status: 201, body: { areaId, name: 'Chợ Ấp 1'.normalize('NFC'), clusterIds } });
    const place = `cluster-groups/${made.body.id}`;
    expect(await send('GET', 'cluster-groups')).toEqual({ status: 200, body: [made.body] });
    const change = { name: 'Khu chợ', clusterIds: clusterIds.slice(1) };
    expect(await send('PUT', place, change)).toEqual({ status: 200, body: { ...made.body, ...change } });
    expect(await send('DELETE', place)).toEqual({ status: 204, body: null });
    expect(await send('DELETE', place)).toMatchObject({ status: 404, body: { code: 'group.unknown' } });
    expect(await send('PUT', place, change)).toMatchObject({ status: 404, body: { code: 'group.unknown' } });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['a name of 201 letters', { name: 'a'.repeat(201) }, 'name'],
    ['no clusters', { clusterIds: [] }, 'clusterIds'],
    ['3,001 clusters', { clusterIds: Array.from({ length: 3_001 }, (_, k) => `k${k}`) }, 'clusterIds'],
    ['a cluster without a name', { clusterIds: [''] }, 'clusterIds.0'],
    ['no area', { areaId: '' }, 'areaId'],
  ])('%s is told by its place', async (_what, wrong, at) => {
    expect(await send('POST', 'cluster-groups', { areaId, name: 'Chợ', clusterIds, ...wrong })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ at }] },
    });
  });

  it('3,000 clusters that nobody knows are refused in words, the first 200 by their place', async () => {
    const unknown = Array.from({ length: 3_000 }, (_, k) => `khong-co-cum-loa-so-${k}`);
    const { status, body } = await send('POST', 'cluster-groups', { areaId, name: 'Chợ', clusterIds: unknown });
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'group.clustersRefused' } });
    expect(body.title).toContain('Có cụm loa không thể vào nhóm này');
    expect(body.errors).toHaveLength(200);
  });
});
