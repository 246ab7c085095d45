import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topics } from '../../../devices/protocol/index.js';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, person } from '../../../test/support/station.js';
import { MIDNIGHT, PLACES, UpdateFleet } from '../../../test/support/update-fleet.js';
import type { Controller } from '../../fleet/index.js';
import { RolloutViews } from './rollout.views.js';
import { goingBack } from './update.api.js';
import { OrderRow } from './update.entity.js';

const HOUR_MS = 3_600_000;

describeOnBothDatabases('the devices of a rollout', everyTable, (open) => {
  let fleet: UpdateFleet;
  beforeEach(async () => {
    fleet = await UpdateFleet.open(await open());
  });
  afterEach(() => fleet.close());

  describe('concerns', () => {
    it('nobody of another model, of another commune, who cannot be updated, or who runs a newer program', async () => {
      const [able = '', other = '', unable = '', newer = '', revoked = ''] = [...fleet.devices.keys()];
      for (const id of [...fleet.devices.keys()].slice(5, PLACES)) await fleet.runs(id, 2);
      await fleet.runs(other, 1, { model: 'another' });
      await fleet.runs(unable, 1, { capabilities: ['stream'] as unknown as Controller['capabilities'] });
      await fleet.runs(newer, 3);
      await fleet.runs(revoked, 1, { revokedAtMs: MONDAY_NINE });
      await fleet.begin({ stages: [{ percent: 100 }] });
      await fleet.tick();
      expect(await fleet.idsIn('ordered')).toEqual([able]);
    });

    it('the clusters of a group alone', async () => {
      const [inside = ''] = [...fleet.devices.keys()];
      const groupId = await fleet.groupOf(inside);
      await fleet.begin({ groupId, stages: [{ percent: 100 }] });
      await fleet.tick();
      expect(await fleet.idsIn('ordered')).toEqual([inside]);
      await expect(fleet.begin({ groupId: 'none' }, fleet.station.root, 'ap')).rejects.toMatchObject({
        code: 'update.groupUnknown',
      });
    });

    it('who is enrolled while it is open, too', async () => {
      const { id } = await fleet.begin({ stages: [{ percent: 100 }] });
      await fleet.tick();
      await fleet.runs((await fleet.station.enrol('k1', { offline: true })).id, 1);
      await fleet.tick();
      expect((await fleet.one(id)).counts.ordered).toBe(PLACES + 1);
    });

    it('one place at a time: a second rollout there is refused, one beside it is not', async () => {
      await fleet.begin();
      await expect(fleet.begin()).rejects.toMatchObject({ code: 'update.rolloutOpen' });
      await expect(fleet.begin({}, fleet.station.root, 'bp')).rejects.toMatchObject({ code: 'update.rolloutOpen' });
      await fleet.begin({}, fleet.station.root, 'ap');
    });

    it('nobody beyond the area of who orders it, and nobody without the right', async () => {
      const { path } = await fleet.station.area('ak');
      const administrator = person('ak', 'administrator', path);
      await expect(fleet.begin({}, administrator, 'ap')).rejects.toMatchObject({ code: 'area.unknown' });
      await expect(fleet.begin({}, person('kt', 'technician', path))).rejects.toMatchObject({ code: 'right.missing' });
      const { id } = await fleet.begin({}, fleet.station.root, 'ap');
      for (const deed of [
        () => fleet.service.halt(administrator, id, ''),
        () => fleet.service.cancel(administrator, id, ''),
        () => fleet.service.goBack(administrator, id, goingBack.parse({})),
        () => fleet.station.get(RolloutViews).one(administrator, id, { limit: 1 }),
      ])
        await expect(deed()).rejects.toMatchObject({ code: 'update.rolloutUnknown' });
      await fleet.begin({}, administrator);
    });
  });

  it('a key that is not for everything signs no program', async () => {
    Object.defineProperty(fleet.station.platform.keys, 'scope', { value: ['ak'] });
    await expect(fleet.begin()).rejects.toMatchObject({ code: 'update.keyScope' });
    expect(await fleet.rows()).toEqual([]);
  });

  describe('what devices say', () => {
    it('is kept with its history; the same again is nothing new', async () => {
      await fleet.begin();
      await fleet.tick();
      const [id = ''] = await fleet.idsIn('ordered');
      for (const state of ['received', 'downloaded', 'installing', 'rolledBack'] as const) await fleet.say(state, [id]);
      await fleet.say('rolledBack', [id]);
      const seen = await fleet.station.get(RolloutViews).ofController(fleet.station.root, id);
      expect(seen.order).toMatchObject({ release: 2 });
      expect(seen.statuses.map(({ state }) => state)).toEqual(['rolledBack', 'installing', 'downloaded', 'received']);
      const stranger = person('xem', 'monitor', (await fleet.station.area('ap')).path);
      await expect(fleet.station.get(RolloutViews).ofController(stranger, id)).rejects.toMatchObject({
        code: 'controller.unknown',
      });
    });

    it('counts for itself only: not for another device, not of a program that it was not ordered, not malformed', async () => {
      await fleet.begin();
      await fleet.tick();
      const [id = ''] = await fleet.idsIn('ordered');
      const other = [...fleet.devices.values()].find((device) => device.id !== id) as PoleDevice;
      await other.connect(fleet.station.mqtt);
      for (const lie of [
        fleet.word(id, 'healthy'),
        fleet.word(other.id, 'healthy', 7),
        '{',
        fleet.word(other.id, 'healthy', 2, { state: 'splendid' }),
        fleet.word(other.id, 'refused', 2, { detail: 'a'.repeat(301) }),
        fleet.word(other.id, 'refused', 2, { detail: 'a'.repeat(2_000) }),
      ])
        await other.send('update', lie);
      await fleet.say('received', [id]);
      expect(await fleet.rows()).toMatchObject([{ controllerId: id, state: 'received' }]);
      expect(await fleet.alarms()).toEqual(['device.updateForeign']);
      // Against the rules: never acknowledged, and the end of its session.
      other.client.publish(topics.up(id, 'update'), fleet.word(id, 'healthy'), { qos: 1 });
      await other.until(() => !other.connected);
      await fleet.say('downloaded', [id]);
      expect(await fleet.rows()).toMatchObject([{ state: 'downloaded' }]);
    });

    it('may be lost: what it states of itself long after counts as well', async () => {
      const { id } = await fleet.begin();
      await fleet.tick();
      const [device = ''] = await fleet.idsIn('ordered');
      fleet.station.clock.set(MIDNIGHT + HOUR_MS);
      await fleet.runs(device, 2);
      await fleet.tick();
      expect((await fleet.one(id)).counts).toMatchObject({ healthy: 1 });
    });

    it('of a revoked one holds nothing up, and its order leaves the broker', async () => {
      const { id } = await fleet.begin({ stages: [{ percent: 100 }] });
      await fleet.tick();
      const [gone = '', ...rest] = await fleet.idsIn('ordered');
      await fleet.revoke(gone);
      expect(await fleet.station.database.read((reader) => reader.existsBy(OrderRow, { controllerId: gone }))).toBe(
        false,
      );
      await fleet.say('healthy', rest);
      await fleet.tick();
      expect(await fleet.one(id)).toMatchObject({ state: 'done' });
    });
  });
});
