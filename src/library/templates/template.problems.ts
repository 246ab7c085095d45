import { defineProblems } from '../../platform/i18n/index.js';
import type { TemplateFault } from '../engine/notice-template.js';
import type { ValueFault } from '../engine/notice-values.js';

export const templateProblem = defineProblems({
  'library.templateUnknown': {
    status: 404,
    vi: 'Không có mẫu thông báo này hoặc địa bàn không dùng được. Chọn mẫu khác.',
    en: 'No such template, or none that this area may use. Choose another.',
  },
  'library.templateRetired': {
    status: 409,
    vi: 'Mẫu thông báo này đã ngừng dùng. Chọn mẫu khác.',
    en: 'This template is no longer used. Choose another.',
  },
  'library.templateBuiltIn': {
    status: 409,
    vi: 'Mẫu có sẵn không sửa được. Tạo mẫu riêng của địa bàn từ mẫu này.',
    en: 'Built-in templates cannot be changed. Make one of the area from it.',
  },
  'library.templateLanguage': {
    status: 422,
    vi: 'Mẫu này viết bằng ngôn ngữ khác. Chọn mẫu đúng ngôn ngữ của thông báo.',
    en: 'This template is in another language. Choose one in the language of the notice.',
  },
  'library.templateWrong': {
    status: 422,
    vi: 'Mẫu thông báo chưa đúng. Sửa các chỗ được nêu rồi lưu lại.',
    en: 'The template is not right. Correct what is listed, then save again.',
  },
  'library.templatesFull': {
    status: 409,
    vi: 'Địa bàn đã đủ {most} mẫu. Ngừng dùng bớt mẫu cũ rồi thêm lại.',
    en: 'The area has {most} templates already. Retire unused ones, then add again.',
  },
  'library.noticeFields': {
    status: 422,
    vi: 'Thông báo chưa điền đúng. Sửa các mục được nêu rồi lưu lại.',
    en: 'The notice is not filled in right. Correct the listed fields, then save again.',
  },
});

const faults = {
  'notice.fieldUnknown': {
    status: 422,
    vi: 'Mẫu này không có mục đó.',
    en: 'The template has no such field.',
  },
  'notice.fieldMissing': { status: 422, vi: 'Chưa điền mục này.', en: 'This field is empty.' },
  'notice.fieldTooLong': { status: 422, vi: 'Mục này quá dài.', en: 'This field is too long.' },
  'notice.dateWrong': { status: 422, vi: 'Không có ngày này.', en: 'There is no such day.' },
  'notice.timeWrong': {
    status: 422,
    vi: 'Giờ chưa đúng, viết như 07:30.',
    en: 'This is no time of the day; write it like 07:30.',
  },
  'notice.phoneWrong': { status: 422, vi: 'Số điện thoại chưa đúng.', en: 'This is no telephone number.' },
  'notice.numberWrong': {
    status: 422,
    vi: 'Số chưa đúng, viết như 1.500 hoặc 2,5.',
    en: 'This is no number; write it like 1.500 or 2,5.',
  },
  'template.bodyEmpty': { status: 422, vi: 'Mẫu chưa có lời.', en: 'The template has no words.' },
  'template.keyTwice': { status: 422, vi: 'Hai mục trùng mã.', en: 'Two fields have the same key.' },
  'template.gapBroken': {
    status: 422,
    vi: 'Dấu ngoặc {{ }} hoặc [[ ]] chưa đóng đúng.',
    en: 'The brackets {{ }} or [[ ]] do not close.',
  },
  'template.gapUnknown': {
    status: 422,
    vi: 'Chỗ trống này không có trong các mục.',
    en: 'This gap is none of the fields.',
  },
  'template.fieldUnused': {
    status: 422,
    vi: 'Mục này không có chỗ trong lời của mẫu.',
    en: 'This field has no gap in the words of the template.',
  },
  'template.optionalOpen': {
    status: 422,
    vi: 'Mục không bắt buộc phải nằm trong [[ ]], để lời vẫn trọn câu khi bỏ trống.',
    en: 'An optional field must stand inside [[ ]], so that the words are whole without it.',
  },
  'template.exampleWrong': { status: 422, vi: 'Ví dụ không hợp với loại của mục.', en: 'The example does not fit.' },
} as const satisfies Record<TemplateFault | ValueFault, { status: number; vi: string; en: string }>;

// Known to the registry from here on: they stand beside a field of a refused request.
defineProblems(faults);
