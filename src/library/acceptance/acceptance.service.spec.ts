import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { heard, librarySuite, type OpenLibrary, openLibrary, person } from '../library.spec-support.js';
import { acceptanceView, incomingView } from './acceptance.api.js';

const office = person('Phòng VH&TT', 'contentOffice', '/p/');
const leader = person('Trưởng phòng', 'approver', '/p/');
const operator = person('Chị Hoa', 'operator');
const neighbour = person('Anh Phú', 'operator', '/p/an-phu/');
const AK = { id: 'an-khuong', path: '/p/an-khuong/' };

describeOnBothDatabases('what an office above approved arrives in communes', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  async function approvedAbove(title = 'Vay vốn nuôi dê'): Promise<string> {
    const { id } = await opened.create(office, { areaId: 'p', title });
    await opened.settled(office, id);
    const item = await opened.approvals.submit(office, id);
    await opened.approvals.approve(leader, id, heard(item));
    return id;
  }
  const incoming = async (actor = operator, areaId = AK.id) =>
    incomingView.parse(await opened.acceptances.incoming(actor, areaId));
  const accept = (id: string, actor = operator, areaId = AK.id) =>
    opened.acceptances.decide(actor, id, { areaId, decision: 'accepted', reason: null });

  it('waits in every commune until that commune decides; drafts and the commune’s own content do not', async () => {
    const id = await approvedAbove();
    await opened.create(office, { areaId: 'p', title: 'Bản nháp của phòng' });
    await opened.create(operator, { title: 'Của xã' });
    expect(await incoming()).toMatchObject([
      { itemId: id, title: 'Vay vốn nuôi dê', fromAreaId: 'p', version: 1, durationMs: 1_500 },
    ]);
    expect(acceptanceView.parse(await accept(id))).toMatchObject({ decision: 'accepted', decidedByName: 'Chị Hoa' });
    expect(await incoming()).toEqual([]);
    expect(await incoming(neighbour, 'an-phu')).toHaveLength(1);
  });

  it('is declined with a reason only, and the last decision counts', async () => {
    const id = await approvedAbove();
    const decline = (reason: string | null) =>
      opened.acceptances.decide(operator, id, { areaId: AK.id, decision: 'declined', reason });
    await expect(decline(null)).rejects.toMatchObject({ code: 'library.reasonMissing' });
    expect(await decline('Đã phát tuần trước')).toMatchObject({ decision: 'declined', reason: 'Đã phát tuần trước' });
    expect(await accept(id)).toMatchObject({ decision: 'accepted', reason: null });
    const decisions = await opened.database.read((reader) => opened.acceptances.decisions(reader, id));
    expect([...decisions.keys()]).toEqual([AK.id]);
  });

  it('a commune that schedules it has accepted it, once', async () => {
    const id = await approvedAbove();
    const scheduled = () => opened.database.write((tx) => opened.acceptances.noteScheduled(tx, operator, id, AK));
    await scheduled();
    await scheduled();
    expect(await incoming()).toEqual([]);
    const rows = await opened.database.read((reader) =>
      reader.query("SELECT action FROM audit_entry WHERE action = 'library.accepted'"),
    );
    expect(rows).toHaveLength(1);
  });

  it('nobody decides for another commune, on a draft, or on content that does not come from above', async () => {
    const id = await approvedAbove();
    const draft = await opened.create(office, { areaId: 'p' });
    const own = await opened.create(operator);
    await expect(accept(id, neighbour)).rejects.toMatchObject({ code: 'area.unknown' });
    for (const itemId of [draft.id, own.id, 'no-such-item'])
      await expect(accept(itemId)).rejects.toMatchObject({ code: 'library.itemUnknown' });
    await opened.approvals.withdraw(leader, id, { reason: 'Sai số liệu' });
    await expect(accept(id)).rejects.toMatchObject({ code: 'library.itemUnknown' });
    expect(await incoming()).toEqual([]);
  });
});
