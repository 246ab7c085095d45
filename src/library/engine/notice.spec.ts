import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_TEMPLATES } from '../templates/built-in.js';
import { renderNotice, templateFaults } from './notice.js';
import type { TemplateField, TemplateText } from './notice-template.js';

const field = (changes: Partial<TemplateField>): TemplateField => ({
  key: 'where',
  label: { vi: 'Nơi', en: 'Place' },
  kind: 'text',
  required: true,
  longest: 20,
  example: '',
  ...changes,
});

const cut: TemplateText = {
  language: 'vi',
  title: 'Mất điện {{date}}',
  body: 'Mất điện tại {{where}} từ {{from}} ngày {{date}}.[[ Gọi {{phone}}.]]\n[[Lý do: {{why}}.\n]]Xin cảm ơn.',
  fields: [
    field({}),
    field({ key: 'date', kind: 'date' }),
    field({ key: 'from', kind: 'time' }),
    field({ key: 'phone', kind: 'phone', required: false }),
    field({ key: 'why', required: false }),
  ],
};
const filled = { where: 'thôn 1', date: '2026-11-05', from: '07:30' };

function rendered(template: TemplateText, fields: Readonly<Record<string, string>>) {
  const notice = renderNotice(template, fields);
  if ('faults' in notice) throw new Error(JSON.stringify(notice.faults));
  return notice;
}
const faultsOf = (template: TemplateText, fields: Readonly<Record<string, string>>) => {
  const notice = renderNotice(template, fields);
  return 'faults' in notice ? notice.faults.map(({ at, code }) => [at, code]) : [];
};

describe('a notice from a template', () => {
  it('says dates and times as they are said, and leaves out what is empty with the words around it', () => {
    expect(rendered(cut, filled)).toEqual({
      title: 'Mất điện 5/11/2026',
      text: 'Mất điện tại thôn 1 từ 7 giờ 30 phút ngày 5/11/2026.\nXin cảm ơn.',
      fields: { ...filled, phone: '', why: '' },
    });
    expect(rendered(cut, { ...filled, from: '07:00', phone: '0271 388 1234', why: 'sửa đường dây' }).text).toBe(
      'Mất điện tại thôn 1 từ 7 giờ ngày 5/11/2026. Gọi 0271 388 1234.\nLý do: sửa đường dây.\nXin cảm ơn.',
    );
  });

  it('a value that looks like a gap or a bracket stays as it was typed', () => {
    expect(rendered(cut, { ...filled, where: '{{why}} [[x]] {{', why: '$& {{where}}' }).text).toBe(
      'Mất điện tại {{why}} [[x]] {{ từ 7 giờ 30 phút ngày 5/11/2026.\nLý do: $& {{where}}.\nXin cảm ơn.',
    );
  });

  it('values are clean lines: no control, no turn of the reading direction, NFC, one line', () => {
    const { fields } = rendered(cut, { ...filled, where: ' thôn\u202e\u0007\n 1 '.normalize('NFD') });
    expect(fields.where).toBe('thôn 1'.normalize('NFC'));
  });

  it('the fields come back in the order of the template, so that the same notice has one hash', () => {
    const turned = Object.fromEntries(Object.entries(filled).reverse());
    expect(JSON.stringify(rendered(cut, turned).fields)).toBe(JSON.stringify(rendered(cut, filled).fields));
  });

  it('names every field that is wrong at once', () => {
    const wrong = { where: 'x'.repeat(21), date: '2026-02-30', from: '24:00', phone: 'gọi cho tôi', other: 'x' };
    expect(faultsOf(cut, wrong)).toEqual([
      ['fields.other', 'notice.fieldUnknown'],
      ['fields.where', 'notice.fieldTooLong'],
      ['fields.date', 'notice.dateWrong'],
      ['fields.from', 'notice.timeWrong'],
      ['fields.phone', 'notice.phoneWrong'],
    ]);
    expect(faultsOf(cut, { ...filled, where: ' \u0000 ' })).toEqual([['fields.where', 'notice.fieldMissing']]);
    expect(faultsOf(cut, { ...filled, where: 'x'.repeat(1_000_000) })).toEqual([
      ['fields.where', 'notice.fieldTooLong'],
    ]);
  });

  it.each(['constructor', '__proto__', 'toString'])('a field called %s is an unknown field, nothing more', (key) => {
    const given = JSON.parse(JSON.stringify(filled).replace('{', `{"${key}":"x",`)) as Record<string, string>;
    expect(faultsOf(cut, given)).toEqual([[`fields.${key}`, 'notice.fieldUnknown']]);
  });

  it.each([
    ['date', '2024-02-29', true],
    ['date', '2026-02-29', false],
    ['date', '2026-13-01', false],
    ['date', '5/11/2026', false],
    ['time', '00:00', true],
    ['time', '7:30', false],
    ['time', '12:60', false],
    ['phone', '113', true],
    ['phone', '+84 (271) 388.1234', true],
    ['phone', '12', false],
    ['phone', '1'.repeat(16), false],
    ['number', '1.500.000', true],
    ['number', '2,5', true],
    ['number', '1.50', false],
    ['number', '-3', false],
    ['number', '1e9', false],
  ] as const)('a %s %s: %s', (kind, value, right) => {
    const template = { language: 'vi', title: 'x', body: '{{a}} x', fields: [field({ key: 'a', kind })] };
    expect('faults' in renderNotice(template, { a: value })).toBe(!right);
  });

  it('in another language dates and times stay as they were entered', () => {
    const template = { ...cut, language: 'mnn' };
    expect(rendered(template, filled).text).toContain('thôn 1 từ 07:30 ngày 2026-11-05');
  });
});

describe('a template', () => {
  it.each<[string, Partial<TemplateText>, string, string]>([
    ['without words', { body: '{{where}} [[ {{why}} ]]' }, 'body', 'template.bodyEmpty'],
    ['with a gap that no field fills', { body: `${cut.body} {{nobody}}` }, 'body', 'template.gapUnknown'],
    ['with a gap in its title that no field fills', { title: '{{nobody}}' }, 'title', 'template.gapUnknown'],
    ['with an optional field outside [[ ]]', { title: '{{why}}' }, 'title', 'template.optionalOpen'],
    ['with an open gap', { body: `${cut.body} {{where` }, 'body', 'template.gapBroken'],
    ['with an open bracket', { body: `${cut.body} [[ x` }, 'body', 'template.gapBroken'],
    ['with a bracket in a bracket', { body: `[[ a [[ b ]] ]] ${cut.body}` }, 'body', 'template.gapBroken'],
    ['with a field that it does not use', { body: 'Xin chào {{where}}' }, 'fields.1.key', 'template.fieldUnused'],
    ['with a key twice', { fields: [...cut.fields, field({})] }, 'fields.5.key', 'template.keyTwice'],
    [
      'with an example that its own rules refuse',
      { fields: [field({ example: 'x'.repeat(21) }), ...cut.fields.slice(1)] },
      'fields.0.example',
      'template.exampleWrong',
    ],
  ])('%s is not kept', (_, changes, at, code) => {
    expect(templateFaults({ ...cut, ...changes }).map((fault) => [fault.at, fault.code])).toContainEqual([at, code]);
  });

  it('that is right has no faults', () => expect(templateFaults(cut)).toEqual([]));

  it('with a thousand gaps is judged and filled at once', () => {
    const body = `Lời ${'{{where}}'.repeat(500)}${'[[a{{why}}]]'.repeat(500)}`;
    const template = {
      ...cut,
      title: 'x',
      body,
      fields: [field({ longest: 500 }), field({ key: 'why', required: false })],
    };
    expect(templateFaults(template)).toEqual([]);
    expect(rendered(template, { where: 'x'.repeat(500) }).text).toHaveLength(4 + 250_000);
  });
});

describe('the built-in templates', () => {
  it.each(BUILT_IN_TEMPLATES.map((template) => [template.name, template] as const))('%s is whole', (_, template) => {
    expect(templateFaults(template)).toEqual([]);
    const all = Object.fromEntries(template.fields.map(({ key, example }) => [key, example]));
    const required = Object.fromEntries(
      template.fields.filter((each) => each.required).map(({ key, example }) => [key, example]),
    );
    for (const fields of [all, required]) {
      const { text, title } = rendered(template, fields);
      expect(`${title}\n${text}`).not.toMatch(/\{\{|\}\}|\[\[|\]\]| {2}|\n\n\n| [,.;:]|\.\.|: *\./);
      expect(text).toMatch(/[.!]$/);
    }
    expect(rendered(template, required).text.length).toBeLessThan(rendered(template, all).text.length + 1);
  });

  it('cover what an office announces most, with names of their own', () => {
    expect(BUILT_IN_TEMPLATES).toHaveLength(10);
    expect(new Set(BUILT_IN_TEMPLATES.map(({ id }) => id)).size).toBe(10);
  });

  it('for enrolment and recruitment ask for the checklist of third parties', () =>
    expect(BUILT_IN_TEMPLATES.flatMap(({ thirdParty }) => thirdParty ?? [])).toEqual(['enrolment', 'recruitment']));
});
