import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { PoleDevice } from '../../../test/support/pole-device.js';
import { everyTable, MONDAY_NINE, Station } from '../../../test/support/station.js';
import { told } from '../../../test/support/told.js';
import { PlannedPlayRow, PlannedPlays, plannedPlayId } from '../../dispatch/index.js';
import { ReceiptIntake } from '../intake.service.js';
import { CoverageTally } from '../receipt.entity.js';
import { wrongTallies } from './recount.queries.js';

const PLAYS = Array.from({ length: 24 }, (_, index) => `p${index + 1}`);

describeOnBothDatabases('tallies of coverage', everyTable, (open) => {
  let station: Station;
  let devices: PoleDevice[];
  beforeAll(async () => {
    station = await Station.open(await open(), { withBroker: true });
    await station.settle();
    await station.start(ReceiptIntake);
    devices = [await station.enrol('k1'), await station.enrol('k2')];
    await told(station, devices[0] as PoleDevice, PLAYS);
    await told(station, devices[1] as PoleDevice, PLAYS, { cluster: 'k2' });
  });
  afterAll(() => station.close());

  const read: Station['database']['read'] = (work) => station.database.read(work);

  it('what is told and not heard of is unknown, by day, month and altogether', async () => {
    const rows = await read((reader) => reader.find(CoverageTally, { order: { span: 'ASC' } }));
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatchObject({ itemId: 'item-1', span: '2026-01', unknown: 24, completed: 0 });
    expect(await read(wrongTallies)).toEqual([]);
  });

  it('plans that change while receipts come in count every play once', async () => {
    const plannedPlays = station.get(PlannedPlays);
    /** Takes a play out of the plan, as the publisher does when its controller goes. */
    const takesOut = ({ id }: PoleDevice) => station.database.write((tx) => plannedPlays.retire(tx, id, MONDAY_NINE));
    const [first, second] = devices as [PoleDevice, PoleDevice];
    const sent = devices.flatMap((device) =>
      PLAYS.map((play, index) => {
        const startMs = MONDAY_NINE + index * 60_000;
        return device.send(
          'receipts',
          device.batch([device.receipt(play, startMs, outcomeOf(device, index, startMs))]),
        );
      }),
    );
    await takesOut(first);
    await Promise.all([...sent, takesOut(second)]);
    for (const device of devices) await device.acked(station.platform.keys, PLAYS.length);
    expect(await read(wrongTallies)).toEqual([]);
    const withdrawn = await read((reader) =>
      reader.findOneByOrFail(PlannedPlayRow, { id: plannedPlayId(second.id, 'p1') }),
    );
    expect(withdrawn.withdrawnAtMs).not.toBeNull();
  });

  it('a tally that is wrong is found by the count of all plays', async () => {
    await station.database.write(({ manager }) =>
      manager.query("UPDATE coverage_tally SET completed = completed + 1 WHERE span = 'life'"),
    );
    expect(await read(wrongTallies)).toHaveLength(2);
  });

  /** Every third not played, every other third in part. */
  function outcomeOf(device: PoleDevice, index: number, startMs: number) {
    const place = device === devices[1] ? { id: 'k2', name: 'Cụm loa ấp 2' } : { id: 'k1', name: 'Cụm loa ấp 1' };
    if (index % 3 === 0) return { cluster: place };
    if (index % 3 === 1)
      return {
        ...({ cluster: place, outcome: 'partial', cause: 'powerLost', grade: 'started' } as const),
        ...{ endedAtMs: startMs + 30_000, playedMs: 30_000 },
      };
    return {
      ...({ cluster: place, outcome: 'notPlayed', cause: 'assetMissing', grade: 'received' } as const),
      ...{ startedAtMs: null, endedAtMs: null, playedMs: 0 },
    };
  }
});
