import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { openSigned, type PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE } from '../../../test/support/station.js';
import { MIDNIGHT, PLACES, UpdateFleet } from '../../../test/support/update-fleet.js';
import { AssetService } from '../asset.service.js';
import { goingBack, resuming } from './update.api.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const stages = [{ count: 1 }, { percent: 25 }, { percent: 100 }];

describeOnBothDatabases('a rollout', { ...everyTable, postgres: 'longRun' }, (open) => {
  let fleet: UpdateFleet;
  beforeEach(async () => {
    fleet = await UpdateFleet.open(await open());
  });
  afterEach(() => fleet.close());

  it('orders one device for the coming night, by a signature over everything that the device checks', async () => {
    const rollout = await fleet.begin();
    await fleet.tick();
    const [target, ...others] = await fleet.rows();
    expect(others).toEqual([]);
    expect(target).toMatchObject({ state: 'ordered', formerRelease: 1, nightFromMs: MIDNIGHT });
    const asset = await fleet.station.get(AssetService).find(createHash('sha256').update('bundle 2').digest('hex'));
    expect(await fleet.orderOf(target?.controllerId ?? '')).toEqual({
      v: 1,
      device: target?.controllerId,
      release: 2,
      name: '1.2.0',
      bundle: { sha256: asset?.sha256, bytes: 8 },
      notBeforeMs: MIDNIGHT,
    });
    expect(await fleet.one(rollout.id)).toMatchObject({ state: 'running', stage: 0, stageFromMs: MIDNIGHT });
  });

  it('is retained: the device finds it when it connects, also at a broker that lost everything, and nobody else does', async () => {
    await fleet.begin();
    await fleet.tick();
    const [id = ''] = await fleet.idsIn('ordered');
    const device = fleet.devices.get(id);
    const topic = topics.down(id, 'update');
    await device?.connect(fleet.station.mqtt, [topic]);
    const heard = await device?.until(() => device.on('update')[0]);
    expect(openSigned(String(heard), 'vang-update', fleet.station.platform.keys)).toMatchObject({
      device: id,
      release: 2,
    });
    await device?.disconnect();

    await fleet.station.broker.stop();
    await fleet.station.broker.start();
    await fleet.station.platform.bus.whenConnected();
    const again = fleet.devices.get(id) as PoleDevice;
    await again.connect(fleet.station.mqtt, [topic]);
    await again.until(() => again.on('update')[1]);
    const stranger = [...fleet.devices.values()].find((each) => each.id !== id) as PoleDevice;
    await expect(stranger.connect(fleet.station.mqtt, [topic])).rejects.toThrow();
  });

  it('goes on by itself only when the stage is healthy and was watched, and ends when everybody is', async () => {
    const { id } = await fleet.begin({ stages });
    await fleet.tick();
    await fleet.say('healthy', await fleet.idsIn('ordered'));
    await fleet.tick();
    expect(await fleet.rows()).toHaveLength(1);
    fleet.station.clock.set(MIDNIGHT + DAY_MS);
    await fleet.tick();
    expect(await fleet.rows()).toHaveLength(2);
    expect(await fleet.one(id)).toMatchObject({ stage: 1, stageFromMs: MIDNIGHT + DAY_MS });
    fleet.station.clock.advance(10 * DAY_MS);
    await fleet.tick();
    expect(await fleet.rows()).toHaveLength(2);
    await fleet.say('healthy', await fleet.idsIn('ordered'));
    await fleet.tick();
    expect(await fleet.rows()).toHaveLength(PLACES);
    await fleet.say('healthy', await fleet.idsIn('ordered'));
    await fleet.tick();
    expect(await fleet.one(id)).toMatchObject({ state: 'done', counts: { healthy: PLACES } });
  });

  it('the same fleet and rollout choose the same devices; each rollout begins with another', async () => {
    const first = new Set<string>();
    for (let n = 0; n < 6; n++) {
      const { id } = await fleet.begin();
      await fleet.tick();
      first.add((await fleet.one(id)).devices[0]?.controllerId ?? '');
      await fleet.service.cancel(fleet.station.root, id, '');
    }
    expect(first.size).toBeGreaterThan(1);
  });

  it('begins with a device that was heard of lately', async () => {
    const [alive, ...silent] = [...fleet.devices.keys()].slice(0, PLACES);
    for (const id of silent) await fleet.runs(id, 1, { lastHeardAtMs: MONDAY_NINE - 40 * DAY_MS });
    await fleet.begin();
    await fleet.tick();
    expect(await fleet.idsIn('ordered')).toEqual([alive]);
  });

  it('who was away in its night is ordered for the next one, not for noon', async () => {
    await fleet.begin();
    await fleet.tick();
    const [id = ''] = await fleet.idsIn('ordered');
    await fleet.say('downloaded', [id]);
    fleet.station.clock.set(MIDNIGHT + 4 * HOUR_MS);
    await fleet.tick();
    expect(await fleet.orderOf(id)).toMatchObject({ notBeforeMs: MIDNIGHT + DAY_MS });
    expect(await fleet.idsIn('ordered')).toEqual([id]);
  });

  describe('halts', () => {
    const underWay = async () => {
      const { id } = await fleet.begin({ stages: [{ percent: 50 }, { percent: 100 }] });
      await fleet.tick();
      return id;
    };

    it('by itself at once, with an alarm, when too many fall back; who has not begun stays with what it has', async () => {
      const id = await underWay();
      const [first = '', second = '', ...rest] = await fleet.idsIn('ordered');
      await fleet.say('installing', [second]);
      await fleet.say('rolledBack', [first]);
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({
        state: 'halted',
        haltReason: null,
        counts: { rolledBack: 1, installing: 1, held: rest.length, ordered: 0 },
      });
      expect(await fleet.alarms()).toEqual(['device.updateRolledBack', 'update.halted']);
      for (const held of rest) expect(await fleet.orderOf(held)).toMatchObject({ release: 1, name: '1.1.0' });
      expect(await fleet.orderOf(second)).toMatchObject({ release: 2 });
      fleet.station.clock.advance(30 * DAY_MS);
      await fleet.tick();
      expect(await fleet.rows()).toHaveLength(PLACES / 2);
    });

    it('one that refuses counts like one that fell back; within the threshold it goes on', async () => {
      const { id } = await fleet.begin({ stages: [{ percent: 100 }], failedPercent: 15 });
      await fleet.tick();
      const [first = '', second = ''] = await fleet.idsIn('ordered');
      await fleet.say('refused', [first]);
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({ state: 'running' });
      await fleet.say('refused', [second]);
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({ state: 'halted' });
      expect(await fleet.alarms()).toContain('device.updateRefused');
    });

    it('by a person; going on excuses what failed, or tries it again, and orders the others anew', async () => {
      const id = await underWay();
      const [first = '', ...rest] = await fleet.idsIn('ordered');
      await fleet.say('rolledBack', [first]);
      await fleet.tick();
      expect(await fleet.service.halt(fleet.station.root, id, 'xem lại')).toMatchObject({ state: 'halted' });
      await fleet.tick();
      for (const each of rest) expect(await fleet.orderOf(each)).toMatchObject({ release: 1 });
      await fleet.service.resume(fleet.station.root, id, resuming.parse({}));
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({ state: 'running', excused: 1, counts: { ordered: rest.length } });
      expect(await fleet.orderOf(rest[0] ?? '')).toMatchObject({ release: 2, notBeforeMs: MIDNIGHT });

      await fleet.service.halt(fleet.station.root, id, '');
      fleet.station.clock.advance(DAY_MS);
      await fleet.service.resume(fleet.station.root, id, resuming.parse({ again: true }));
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({ excused: 0, counts: { ordered: rest.length + 1 } });
      expect(await fleet.orderOf(first)).toMatchObject({ release: 2, notBeforeMs: MIDNIGHT + DAY_MS });
    });

    it('for good: a cancelled one is neither resumed nor halted', async () => {
      const id = await underWay();
      await fleet.service.cancel(fleet.station.root, id, 'sai bản');
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({ state: 'cancelled', counts: { held: PLACES / 2 } });
      const over = { code: 'update.rolloutOver' };
      await expect(fleet.service.resume(fleet.station.root, id, resuming.parse({}))).rejects.toMatchObject(over);
      await expect(fleet.service.halt(fleet.station.root, id, '')).rejects.toMatchObject(over);
      await expect(fleet.service.cancel(fleet.station.root, id, '')).rejects.toMatchObject(over);
    });
  });

  describe('going back', () => {
    it('orders the release before to whoever runs the new one, now, with a person’s word', async () => {
      const { id } = await fleet.begin({ stages: [{ percent: 50 }, { percent: 100 }] });
      await fleet.tick();
      const updated = await fleet.idsIn('ordered');
      await fleet.say('healthy', updated);
      for (const each of updated) await fleet.runs(each, 2);
      const back = await fleet.service.goBack(fleet.station.root, id, goingBack.parse({ reason: 'rè tiếng' }));
      expect(back).toMatchObject({ back: true, release: 1, night: null });
      expect(await fleet.one(id)).toMatchObject({ state: 'cancelled' });
      await fleet.tick();
      expect((await fleet.one(back.id)).devices.map(({ controllerId }) => controllerId)).toEqual([...updated].sort());
      expect(await fleet.orderOf(updated[0] ?? '')).toMatchObject({ release: 1, back: true, notBeforeMs: MONDAY_NINE });
      await fleet.say('healthy', updated, 1);
      await fleet.tick();
      expect(await fleet.one(back.id)).toMatchObject({ state: 'done' });
    });

    it('needs an older release, and somebody who runs the newer one', async () => {
      const { id } = await fleet.begin();
      await expect(fleet.service.goBack(fleet.station.root, id, goingBack.parse({}))).rejects.toMatchObject({
        code: 'update.nobody',
      });
      await expect(
        fleet.service.goBack(fleet.station.root, id, goingBack.parse({ releaseId: 'none' })),
      ).rejects.toMatchObject({
        code: 'update.releaseUnknown',
      });
      await expect(
        fleet.service.goBack(fleet.station.root, id, goingBack.parse({ releaseId: fleet.releaseId })),
      ).rejects.toMatchObject({
        code: 'update.noFormer',
      });
      expect(await fleet.one(id)).toMatchObject({ state: 'running' });
    });
  });
});
