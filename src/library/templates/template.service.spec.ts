import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import { schemaDrift } from '../../platform/database/index.js';
import { contentChange, newItem } from '../items/item.api.js';
import { heard, librarySuite, newestOf, type OpenLibrary, openLibrary, person } from '../library.spec-support.js';
import { newTemplate, templateChange, templateList } from './template.api.js';

const operator = person('Chị Hoa', 'operator');
const approver = person('Anh Nam', 'approver');
const neighbour = person('Anh Tư', 'operator', '/p/an-phu/');
const office = person('Phòng VH&TT', 'contentOffice', '/p/');

const cut = { date: '2026-11-25', from: '07:30', to: '11:00', where: 'thôn 1' };
const pump = {
  areaId: 'an-khuong',
  name: 'Bơm nước',
  title: 'Bơm nước cho {{field}}',
  body: 'Tổ thủy nông bơm nước cho {{field}}.[[ Bắt đầu lúc {{from}}.]]',
  fields: [
    { key: 'field', label: { vi: 'Cánh đồng' }, kind: 'text', example: 'đồng Sau' },
    { key: 'from', label: { vi: 'Giờ' }, kind: 'time', required: false },
  ],
  topic: 'Thủy lợi',
  field: 5,
} as const;

describeOnBothDatabases('notices from templates', librarySuite, (open) => {
  let opened: OpenLibrary;
  beforeEach(async () => {
    opened = await openLibrary(await open());
  });
  afterEach(() => opened.close());

  const notice = (changes: object = {}, actor = operator) =>
    opened.items.create(
      actor,
      newItem.parse({
        kind: 'notice',
        areaId: 'an-khuong',
        templateId: 'built-in.power-cut',
        fields: cut,
        ...changes,
      }),
    );
  const refill = (id: string, fields: object, templateId = 'built-in.power-cut') => {
    const change = contentChange.parse({ kind: 'notice', templateId, fields });
    if (change.kind !== 'notice') throw new Error('no notice');
    return opened.items.setFields(operator, id, change);
  };
  const make = (changes: object = {}, actor = operator) =>
    opened.templates.create(actor, newTemplate.parse({ ...pump, ...changes }));
  const change = (id: string, changes: object) =>
    opened.templates.change(operator, id, templateChange.parse({ ...pump, ...changes }));
  const names = async (actor = operator, areaId = 'an-khuong') =>
    templateList.parse(await opened.templates.list(actor, areaId)).map(({ name }) => name);

  it('keep the tables that the entities describe', async () => expect(await schemaDrift(opened.database)).toEqual([]));

  it('a notice is filled in, spoken, approved, and says what its template says where its author says nothing', async () => {
    const { id } = await notice({ areaId: 'ap-1' });
    const item = await opened.settled(operator, id);
    expect(item).toMatchObject({
      kind: 'notice',
      title: 'Tạm ngừng cấp điện ngày 25/11/2026',
      topic: 'Điện',
      field: 2,
      thirdParty: null,
      audioState: 'ready',
    });
    expect(newestOf(item)).toMatchObject({
      text: expect.stringContaining(
        'Từ 7 giờ 30 phút đến 11 giờ, ngày 25/11/2026, ngành điện tạm ngừng cấp điện tại thôn 1.',
      ),
      content: { kind: 'notice', templateId: 'built-in.power-cut', templateVersion: 1, fields: { ...cut, reason: '' } },
      contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const pending = await opened.approvals.submit(operator, id);
    expect(await opened.approvals.approve(approver, id, heard(pending))).toMatchObject({ approvedVersion: 1 });
  });

  it('what is wrong is said field by field, and nothing is made', async () => {
    const wrong = { ...cut, date: '2026-02-30', to: '25:00', where: ' ', hour: '1' };
    await expect(notice({ fields: wrong })).rejects.toMatchObject({
      code: 'library.noticeFields',
      status: 422,
      errors: [
        { at: 'fields.hour', code: 'notice.fieldUnknown' },
        { at: 'fields.date', code: 'notice.dateWrong' },
        { at: 'fields.to', code: 'notice.timeWrong' },
        { at: 'fields.where', code: 'notice.fieldMissing' },
      ],
    });
    await expect(notice({ templateId: 'built-in.nothing' })).rejects.toMatchObject({ code: 'library.templateUnknown' });
    await expect(notice({ language: 'mnn' })).rejects.toMatchObject({ code: 'library.templateLanguage' });
    expect(await opened.search.list(operator, {})).toEqual([]);
  });

  it('other fields are a new version with new sound; the same ones are not', async () => {
    const { id } = await notice();
    const before = newestOf(await opened.settled(operator, id));
    expect((await refill(id, cut)).currentVersion).toBe(1);
    const after = await refill(id, { ...cut, to: '12:00' });
    expect(after).toMatchObject({ currentVersion: 2, audioState: 'rendering' });
    expect(newestOf(after).text).toContain('đến 12 giờ');
    expect(after.versions[0]).toEqual(before);
    const { id: script } = await opened.create(operator);
    await expect(refill(script, cut)).rejects.toMatchObject({ code: 'library.kindWrong' });
    await expect(opened.items.setStream(operator, id, 'https://vov.vn/1')).rejects.toMatchObject({
      code: 'library.kindWrong',
    });
  });

  it('words changed by hand leave the fields and say so; filling in again goes back to the template', async () => {
    const { id } = await notice();
    const own = newestOf(await opened.items.setText(operator, id, 'Mất điện cả ngày.'));
    expect(own).toMatchObject({ text: 'Mất điện cả ngày.', content: { ownWords: true, fields: cut } });
    const again = newestOf(await opened.items.setText(operator, id, 'Mất điện hai ngày.'));
    expect(again.content).toMatchObject({ ownWords: true });
    const back = newestOf(await refill(id, cut));
    expect(back.content).not.toHaveProperty('ownWords');
    expect(back.text).toContain('Từ 7 giờ 30 phút');
  });

  it('recruitment asks for the checklist of third parties, whatever its author leaves out', async () => {
    const fields = {
      ...{ employer: 'Công ty May', count: '50', job: 'công nhân', who: 'từ 18 tuổi' },
      ...{ until: '2026-12-15', place: 'trụ sở xã', phone: '0271 388 1234' },
    };
    const item = await notice({ templateId: 'built-in.recruitment', fields, thirdParty: null });
    expect(item.thirdParty).toBe('recruitment');
  });

  it('an area has its own templates, those of the areas above, and the built-in ones', async () => {
    await make();
    await make({ areaId: 'p', name: 'Mẫu của tỉnh' }, office);
    expect(await names()).toEqual(['Bơm nước', 'Mẫu của tỉnh', 'Mất điện theo kế hoạch', ...(await names()).slice(3)]);
    expect(await names()).toHaveLength(12);
    expect((await names(operator, 'ap-1'))[0]).toBe('Bơm nước');
    expect((await names(neighbour, 'an-phu'))[0]).toBe('Mẫu của tỉnh');
    expect(await names(neighbour, 'an-phu')).not.toContain('Bơm nước');
  });

  it('a changed template is a new version; a notice keeps the one that it was made from', async () => {
    const made = await make();
    const item = await notice({ templateId: made.id, fields: { field: 'đồng Sau' } });
    expect(newestOf(item).text).toBe('Tổ thủy nông bơm nước cho đồng Sau.');
    const changed = await change(made.id, { body: 'Bơm cho {{field}} từ sáng.[[ {{from}}.]]' });
    expect(changed.version).toBe(2);
    expect((await change(made.id, { body: 'Bơm cho {{field}} từ sáng.[[ {{from}}.]]' })).version).toBe(2);
    const refilled = await refill(item.id, { field: 'đồng Trước' }, made.id);
    expect(newestOf(refilled)).toMatchObject({
      text: 'Tổ thủy nông bơm nước cho đồng Trước.',
      content: { templateVersion: 1 },
    });
    const newer = await opened.items.setFields(operator, item.id, {
      templateId: made.id,
      templateVersion: 2,
      fields: { field: 'đồng Trước' },
    });
    expect(newestOf(newer)).toMatchObject({ text: 'Bơm cho đồng Trước từ sáng.', content: { templateVersion: 2 } });
    expect((await opened.templates.list(operator, 'an-khuong'))[0]).toMatchObject({ id: made.id, version: 2 });
  });

  it('a retired template makes no new notices, but those that it made may be corrected', async () => {
    const made = await make();
    const { id } = await notice({ templateId: made.id, fields: { field: 'đồng Sau' } });
    expect((await opened.templates.retire(operator, made.id)).retiredAtMs).toBe(opened.clock.nowMs());
    expect(await names()).not.toContain('Bơm nước');
    const retired = { code: 'library.templateRetired' };
    await expect(notice({ templateId: made.id, fields: { field: 'đồng Sau' } })).rejects.toMatchObject(retired);
    await expect(change(made.id, {})).rejects.toMatchObject(retired);
    expect(newestOf(await refill(id, { field: 'đồng Trước' }, made.id)).text).toContain('đồng Trước');
  });

  it('nobody uses or changes what is another area’s, and the built-in ones are nobody’s', async () => {
    const made = await make();
    const unknown = { code: 'library.templateUnknown' };
    await expect(opened.templates.retire(neighbour, made.id)).rejects.toMatchObject(unknown);
    const elsewhere = { areaId: 'an-phu', templateId: made.id, fields: { field: 'x' } };
    await expect(notice(elsewhere, neighbour)).rejects.toMatchObject(unknown);
    await expect(make({}, neighbour)).rejects.toMatchObject({ code: 'area.unknown' });
    await expect(opened.templates.retire(approver, made.id)).rejects.toMatchObject({ code: 'right.missing' });
    await expect(opened.templates.retire(operator, 'built-in.storm')).rejects.toMatchObject({
      code: 'library.templateBuiltIn',
    });
  });

  it('a template with an open gap is not kept', async () => {
    await expect(make({ body: 'Bơm cho {{field}}. {{from}} {{nobody}}' })).rejects.toMatchObject({
      code: 'library.templateWrong',
      errors: [
        { at: 'body', code: 'template.optionalOpen', detail: 'from' },
        { at: 'body', code: 'template.gapUnknown', detail: 'nobody' },
      ],
    });
    expect(await names()).not.toContain('Bơm nước');
  });
});
