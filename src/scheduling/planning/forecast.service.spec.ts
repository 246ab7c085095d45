import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { aStation } from '../../../test/support/planning-office.js';
import { everyTable } from '../../../test/support/station.js';
import { Controller } from '../../fleet/index.js';
import { forecastView } from './forecast.api.js';
import { ForecastService } from './forecast.service.js';

describeOnBothDatabases('forecast', everyTable, (open) => {
  let place: Awaited<ReturnType<typeof aStation>>;
  beforeEach(async () => {
    place = await aStation(await open());
  });
  afterEach(() => place.station.close());

  const forecast = (changes: Record<string, unknown> = {}) =>
    place.station
      .get(ForecastService)
      .forecast(place.monitor, { areaId: place.areas.ak.id, from: '2026-01-06', days: 7, ...changes });

  it('bytes of each SIM of the area, in a month, against streaming everything', async () => {
    const first = await place.station.enrol('k1', { offline: true });
    const ofOthers = await place.station.enrol('k9', { offline: true });
    await place.daily(await place.item(), '05:00');
    const told = await forecast();
    expect(forecastView.parse(told)).toEqual(told);
    expect(told).toMatchObject({ monthDays: 30, clustersWithout: 1, controllers: [{ clusterName: 'Cụm loa ấp 1' }] });
    const [only] = told.controllers;
    expect(only?.controllerId).toBe(first.id);
    expect(told.controllers.map(({ controllerId }) => controllerId)).not.toContain(ofOthers.id);
    // 2,000 bytes of audio once; live they are sent on each of thirty days.
    expect(only?.audioBytes).toBeGreaterThan(2_000);
    expect(only?.audioBytes).toBeLessThan(4_000);
    expect(told.liveBytes).toBeGreaterThan(30 * 2_000);
    expect(told.totalBytes).toBe(only?.totalBytes);
  });

  it('a controller that told it is ready holds the audio of its plan, and only of that', async () => {
    const device = await place.station.enrol('k1', { offline: true });
    const known = await place.item();
    await place.daily(known, '05:00');
    await place.station.database.write(({ manager }) => manager.update(Controller, { id: device.id }, { ready: true }));
    expect((await forecast()).controllers).toMatchObject([{ audioBytes: 0, ready: true }]);
    // Beyond the week that it was told nothing is known of it.
    place.station.clock.set(Date.parse('2025-12-20T09:00:00+07:00'));
    expect((await forecast()).controllers[0]?.audioBytes).toBeGreaterThan(2_000);
  });

  it('nobody forecasts what is not theirs', async () => {
    await expect(forecast({ areaId: place.areas.ap.id })).rejects.toMatchObject({ code: 'area.unknown' });
  });
});
