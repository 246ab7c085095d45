import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../test/support/databases.js';
import type { PoleDevice } from '../../test/support/pole-device.js';
import { type Shelved, schedule, shelve } from '../../test/support/shelf.js';
import { everyTable, Station } from '../../test/support/station.js';
import { PlanPublisher } from './plan-publisher.js';

describeOnBothDatabases('devices that pull', everyTable, (open) => {
  let station: Station;
  let device: PoleDevice;
  let item: Shelved;
  beforeAll(async () => {
    // A dot in the name, as in the default data folder.
    station = await Station.open(await open(), { withHttp: true, folder: '.vang' });
    await station.settle();
    device = await station.enrol('k1');
    item = await shelve(station, { audioBytes: 100_000 });
    await schedule(station, item.id, '17:00');
    await station.get(PlanPublisher).refresh();
  });
  afterAll(() => station.close());

  const ask = (path: string, headers: Record<string, string> = {}, credential = `${device.id}.${device.token}`) =>
    fetch(`${station.http}/api/device/v1/${path}`, { headers: { authorization: `Bearer ${credential}`, ...headers } });

  it('get the signed key set and head, and 304 until something changes', async () => {
    const answer = await ask('plan');
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { keySet: string; head: string };
    expect(body.keySet).toBe(station.platform.keys.keySet);
    const etag = answer.headers.get('etag') ?? '';
    expect((await ask('plan', { 'if-none-match': etag })).status).toBe(304);
    await schedule(station, item.id, '18:00');
    await station.get(PlanPublisher).refresh();
    const changed = await ask('plan', { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(((await changed.json()) as { head: string }).head).not.toBe(body.head);
  });

  it('get no head before one was published', async () => {
    const fresh = await station.enrol('k2');
    expect(await (await ask('plan', {}, `${fresh.id}.${fresh.token}`)).json()).toMatchObject({ head: null });
  });

  it('get an asset whole, in part, and not again', async () => {
    const whole = await ask(`assets/${item.audioSha256}`);
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/ogg; codecs=opus']);
    expect(Buffer.from(await whole.arrayBuffer()).equals(item.audio)).toBe(true);
    const part = await ask(`assets/${item.audioSha256}`, { range: 'bytes=99990-' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 99990-99999/100000']);
    expect(Buffer.from(await part.arrayBuffer()).equals(item.audio.subarray(99_990))).toBe(true);
    expect((await ask(`assets/${item.audioSha256}`, { 'if-none-match': `"${item.audioSha256}"` })).status).toBe(304);
  });

  it.each(['f'.repeat(64), 'F'.repeat(64), '..%2f..%2fkeys%2froot.key', 'x'])(
    'invariant 12: nothing at assets/%s',
    async (name) => {
      const answer = await ask(`assets/${name}`);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'asset.unknown']);
    },
  );

  it.each([
    ['no token', ''],
    ['a token of nobody', `nobody.${'A'.repeat(43)}`],
    ['letters', 'x'],
  ])('case 6: %s is 401', async (_what, credential) => {
    for (const path of ['plan', `assets/${item.audioSha256}`])
      expect((await ask(path, {}, credential)).status).toBe(401);
  });

  it('players that know no plan get a list of what lies ahead today, and its audio, with name and password', async () => {
    const basic = `Basic ${Buffer.from(`${device.id}:${device.token}`).toString('base64')}`;
    const list = await ask('playlist.m3u8', { authorization: basic });
    expect([list.status, list.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.apple.mpegurl; charset=utf-8',
    ]);
    const lines = (await list.text()).trim().split('\n');
    const addresses = lines.filter((line) => line.startsWith('http'));
    expect(addresses).toEqual([
      `${station.http}/api/device/v1/assets/${item.audioSha256}`,
      `${station.http}/api/device/v1/assets/${item.audioSha256}`,
    ]);
    const audio = await fetch(addresses[0] as string, { headers: { authorization: basic } });
    expect(Buffer.from(await audio.arrayBuffer()).equals(item.audio)).toBe(true);
    expect(await (await ask('playlist.xspf')).text()).toContain(`<location>${addresses[0]}</location>`);
    const wrong = `Basic ${Buffer.from(`${device.id}:${'A'.repeat(43)}`).toString('base64')}`;
    expect((await ask('playlist.m3u8', { authorization: wrong })).status).toBe(401);
  });

  it('case 25: a replaced device is refused', async () => {
    const old = await station.enrol('k2');
    await station.enrol('k2');
    expect((await ask('plan', {}, `${old.id}.${old.token}`)).status).toBe(401);
  });
});
