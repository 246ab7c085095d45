import type { FieldKind, TemplateDefaults, TemplateField, TemplateText } from '../engine/notice-template.js';

export interface BuiltInTemplate extends TemplateText, TemplateDefaults {
  readonly id: string;
  readonly version: number;
  readonly name: string;
}

/** A field that must be filled in. `label` is `Vietnamese / English`. */
function field(key: string, kind: FieldKind, label: string, example: string, longest?: number): TemplateField {
  const [vi = '', en = ''] = label.split(' / ');
  return { key, label: { vi, en }, kind, required: true, longest: longest ?? LONGEST[kind], example };
}
const optional = (...from: Parameters<typeof field>): TemplateField => ({ ...field(...from), required: false });

const LONGEST: Readonly<Record<FieldKind, number>> = { text: 200, date: 10, time: 5, phone: 30, number: 20 };

const place = field('place', 'text', 'Nơi / Place', 'hội trường nhà văn hóa thôn');
const date = field('date', 'date', 'Ngày / Day', '2026-11-25');
const from = field('from', 'time', 'Từ giờ / From', '07:30');
const to = field('to', 'time', 'Đến giờ / To', '11:00');
const phone = field('phone', 'phone', 'Điện thoại liên hệ / Telephone', '0271 388 1234');
const phoneIfAny = { ...phone, required: false };

const vi = { version: 1, language: 'vi' } as const;

/** Sudden things are field 2, policy 3, direction by the authority 4, economy and culture 5. */
export const BUILT_IN_TEMPLATES: readonly BuiltInTemplate[] = [
  {
    ...vi,
    id: 'built-in.power-cut',
    name: 'Mất điện theo kế hoạch',
    topic: 'Điện',
    field: 2,
    thirdParty: null,
    title: 'Tạm ngừng cấp điện ngày {{date}}',
    fields: [
      date,
      from,
      to,
      field('where', 'text', 'Khu vực mất điện / Area without power', 'thôn 1 và thôn 2', 500),
      optional('reason', 'text', 'Lý do / Reason', 'sửa chữa đường dây'),
      phoneIfAny,
    ],
    body: `Thông báo tạm ngừng cấp điện.
Từ {{from}} đến {{to}}, ngày {{date}}, ngành điện tạm ngừng cấp điện tại {{where}}.[[ Lý do: {{reason}}.]]
Đề nghị bà con chủ động sắp xếp sinh hoạt và sản xuất, tắt các thiết bị điện trước giờ ngừng cấp điện.[[ Cần biết thêm, xin gọi số {{phone}}.]]`,
  },
  {
    ...vi,
    id: 'built-in.water-cut',
    name: 'Cắt nước',
    topic: 'Nước sạch',
    field: 2,
    thirdParty: null,
    title: 'Tạm ngừng cấp nước ngày {{date}}',
    fields: [
      date,
      from,
      to,
      field('where', 'text', 'Khu vực mất nước / Area without water', 'ấp Đồng Tâm', 500),
      optional('reason', 'text', 'Lý do / Reason', 'súc rửa đường ống'),
      phoneIfAny,
    ],
    body: `Thông báo tạm ngừng cấp nước.
Từ {{from}} đến {{to}}, ngày {{date}}, nước sinh hoạt tạm ngừng cấp tại {{where}}.[[ Lý do: {{reason}}.]]
Đề nghị bà con dự trữ nước để dùng trong thời gian này.[[ Cần biết thêm, xin gọi số {{phone}}.]]`,
  },
  {
    ...vi,
    id: 'built-in.vaccination',
    name: 'Lịch tiêm chủng',
    topic: 'Y tế',
    field: 4,
    thirdParty: null,
    title: 'Lịch tiêm chủng ngày {{date}}',
    fields: [
      field('who', 'text', 'Ai được tiêm / For whom', 'trẻ em từ 2 đến 18 tháng tuổi'),
      optional('vaccine', 'text', 'Loại vắc-xin / Vaccine', 'sởi và rubella'),
      date,
      from,
      to,
      { ...place, example: 'trạm y tế xã' },
      phoneIfAny,
    ],
    body: `Trạm y tế xã thông báo lịch tiêm chủng.
Đối tượng: {{who}}.[[ Vắc-xin: {{vaccine}}.]]
Thời gian: từ {{from}} đến {{to}}, ngày {{date}}. Địa điểm: {{place}}.
Bà con đưa con em đi tiêm đúng lịch, nhớ mang theo sổ tiêm chủng.[[ Cần hỏi thêm, xin gọi số {{phone}}.]]`,
  },
  {
    ...vi,
    id: 'built-in.meeting',
    name: 'Mời họp dân',
    topic: 'Họp dân',
    field: 4,
    thirdParty: null,
    title: 'Mời họp ngày {{date}}',
    fields: [
      field('who', 'text', 'Ai được mời / Who is invited', 'đại diện các hộ gia đình thôn 3'),
      field('about', 'text', 'Nội dung họp / About', 'bình xét hộ nghèo năm 2026', 500),
      date,
      from,
      place,
      optional('bring', 'text', 'Mang theo / Bring along', 'sổ hộ nghèo'),
    ],
    body: `Giấy mời họp.
Trân trọng kính mời {{who}} đến họp.
Nội dung: {{about}}.
Thời gian: {{from}}, ngày {{date}}. Địa điểm: {{place}}.
[[Khi đi, bà con mang theo {{bring}}.
]]Đề nghị bà con sắp xếp thời gian đến dự đông đủ, đúng giờ.`,
  },
  {
    ...vi,
    id: 'built-in.enrolment',
    name: 'Tuyển sinh',
    topic: 'Giáo dục',
    field: 5,
    thirdParty: 'enrolment',
    title: '{{school}} tuyển sinh',
    fields: [
      field('school', 'text', 'Trường / School', 'Trường Tiểu học An Khương'),
      field('course', 'text', 'Lớp hoặc nghề / Class or trade', 'học sinh lớp 1 năm học 2026-2027'),
      field('who', 'text', 'Ai được đăng ký / Who may apply', 'trẻ sinh năm 2020 thường trú tại xã'),
      field('until', 'date', 'Hạn nộp hồ sơ / Apply until', '2026-07-15'),
      place,
      optional('papers', 'text', 'Hồ sơ gồm / Papers', 'giấy khai sinh và đơn xin học', 500),
      phone,
    ],
    body: `{{school}} thông báo tuyển sinh {{course}}.
Đối tượng: {{who}}.[[ Hồ sơ gồm {{papers}}.]]
Nộp hồ sơ tại {{place}}, hạn cuối là ngày {{until}}. Điện thoại liên hệ: {{phone}}.`,
  },
  {
    ...vi,
    id: 'built-in.recruitment',
    name: 'Tuyển dụng lao động',
    topic: 'Việc làm',
    field: 5,
    thirdParty: 'recruitment',
    title: '{{employer}} tuyển lao động',
    fields: [
      field('employer', 'text', 'Nơi tuyển / Employer', 'Công ty May Đồng Phú'),
      field('count', 'number', 'Số người / How many', '50'),
      field('job', 'text', 'Việc gì / Job', 'công nhân may'),
      field('who', 'text', 'Điều kiện / Conditions', 'nam, nữ từ 18 đến 40 tuổi'),
      optional('pay', 'text', 'Lương / Pay', 'từ 7.000.000 đồng một tháng'),
      field('until', 'date', 'Hạn nộp hồ sơ / Apply until', '2026-12-15'),
      place,
      phone,
    ],
    body: `{{employer}} cần tuyển {{count}} người làm {{job}}.
Điều kiện: {{who}}.[[ Mức lương: {{pay}}.]]
Bà con có nhu cầu nộp hồ sơ tại {{place}}, hạn cuối là ngày {{until}}. Điện thoại liên hệ: {{phone}}.
Người tuyển dụng không được thu phí của người lao động. Ai bị đòi tiền, đề nghị báo công an xã.`,
  },
  {
    ...vi,
    id: 'built-in.fire',
    name: 'Phòng cháy, chữa cháy',
    topic: 'Phòng cháy',
    field: 2,
    thirdParty: null,
    title: 'Cảnh báo nguy cơ cháy tại {{where}}',
    fields: [
      field('where', 'text', 'Khu vực / Where', 'rừng thôn 4 và thôn 5'),
      field('level', 'text', 'Mức nguy cơ / Danger', 'cấp 4, cấp nguy hiểm'),
      optional('until', 'date', 'Đến ngày / Until', '2027-03-31'),
      optional('forbidden', 'text', 'Việc bị cấm / Forbidden', 'đốt nương, đốt cỏ và vứt tàn thuốc trong rừng'),
      field('phone', 'phone', 'Số báo cháy / Report fires to', '114'),
    ],
    body: `Cảnh báo nguy cơ cháy.
Nguy cơ cháy tại {{where}} đang ở {{level}}[[, dự kiến kéo dài đến ngày {{until}}]].
[[Nghiêm cấm {{forbidden}}. ]]Bà con kiểm tra bếp, dây điện và bình ga trước khi ra khỏi nhà.
Phát hiện cháy, hô to cho mọi người biết và gọi ngay số {{phone}}.`,
  },
  {
    ...vi,
    id: 'built-in.storm',
    name: 'Bão, lũ',
    topic: 'Phòng chống thiên tai',
    field: 2,
    thirdParty: null,
    title: 'Tin khẩn về {{hazard}}',
    fields: [
      field('hazard', 'text', 'Thiên tai / Hazard', 'mưa lớn và lũ quét'),
      field('where', 'text', 'Khu vực nguy hiểm / Where', 'các hộ ở ven suối thôn 6', 500),
      date,
      from,
      field('doing', 'text', 'Việc phải làm / What to do', 'rời khỏi nhà ven suối, không đi qua ngầm tràn', 500),
      optional('shelter', 'text', 'Nơi sơ tán / Shelter', 'trường tiểu học xã'),
      phone,
    ],
    body: `Tin khẩn. Tin khẩn.
Dự báo từ {{from}}, ngày {{date}}, có {{hazard}}. Khu vực nguy hiểm: {{where}}.
Bà con cần: {{doing}}.[[ Nơi sơ tán: {{shelter}}.]]
Cần giúp đỡ, gọi ngay số {{phone}}. Bà con báo tin cho nhau và nghe loa để biết tin mới.`,
  },
  {
    ...vi,
    id: 'built-in.lost-and-found',
    name: 'Mất hoặc nhặt được của rơi',
    topic: 'Tìm đồ thất lạc',
    field: 1,
    thirdParty: null,
    title: 'Tìm đồ thất lạc: {{thing}}',
    fields: [
      field('what', 'text', 'Mất hay nhặt được / Lost or found', 'nhặt được'),
      field('person', 'text', 'Người báo / Reported by', 'chị Nguyễn Thị Hoa, thôn 2'),
      field('thing', 'text', 'Đồ vật / Thing', 'một ví da màu nâu có giấy tờ'),
      date,
      place,
      phone,
    ],
    body: `Thông báo tìm đồ thất lạc.
Ngày {{date}}, tại {{place}}, {{person}} {{what}} {{thing}}.
Ai biết tin hoặc là chủ của đồ vật, xin liên hệ số {{phone}}. Xin cảm ơn bà con.`,
  },
  {
    ...vi,
    id: 'built-in.policy-dialogue',
    name: 'Mời đối thoại chính sách',
    topic: 'Đối thoại chính sách',
    field: 3,
    thirdParty: null,
    title: 'Mời đối thoại chính sách ngày {{date}}',
    fields: [
      field('host', 'text', 'Đơn vị tổ chức / Host', 'Ủy ban nhân dân xã'),
      field('policy', 'text', 'Chính sách / Policy', 'vay vốn và hỗ trợ nhà ở cho hộ nghèo', 500),
      field('who', 'text', 'Ai được mời / Who is invited', 'hộ nghèo, hộ cận nghèo và bà con quan tâm'),
      date,
      from,
      place,
      phoneIfAny,
    ],
    body: `{{host}} tổ chức đối thoại chính sách về {{policy}}.
Kính mời {{who}} đến dự và nêu câu hỏi.
Thời gian: {{from}}, ngày {{date}}. Địa điểm: {{place}}.
Ai không đến được có thể gửi câu hỏi cho trưởng thôn[[ hoặc gọi số {{phone}}]].`,
  },
];
