import { type ArchivedItem, filesOf, pathOf } from '../../library/index.js';
import { csvLine } from '../../platform/csv/index.js';
import { LIBRARY_VERSION, type LibraryHeader } from '../library-file.js';

export const CONTENTS_HEAD = csvLine([
  'Tiêu đề',
  'Loại',
  'Ngôn ngữ',
  'Chủ đề',
  'Lĩnh vực',
  'Chương trình',
  'Đơn vị nguồn',
  'Địa bàn',
  'Mã địa bàn',
  'Trạng thái',
  'Số phiên bản',
  'Người soạn',
  'Người duyệt',
  'Thời lượng (giây)',
  'Tệp âm thanh',
  'Mã nội dung',
]);

const KINDS: Readonly<Record<ArchivedItem['kind'], string>> = {
  script: 'kịch bản đọc máy',
  recording: 'bản thu',
  relay: 'tiếp âm',
  notice: 'thông báo theo mẫu',
  picture: 'hình ảnh',
  video: 'video ngắn',
  boardText: 'chữ bảng tin',
};

type Status = ArchivedItem['versions'][number]['status'];
const STATUSES: Readonly<Record<Status, string>> = {
  draft: 'nháp',
  pending: 'chờ duyệt',
  provisional: 'phát trước, duyệt sau',
  approved: 'đã duyệt',
  returned: 'trả lại',
  refused: 'từ chối',
  withdrawn: 'thu hồi',
  expired: 'hết hạn',
};

/** One item as people read it in a table: its newest version. */
export function contentsLine(item: ArchivedItem, includesAudio: boolean): string {
  const newest = item.versions.at(-1);
  if (!newest) return '';
  const { metadata, audio } = newest;
  const sound = filesOf({ versions: [newest] }).find(({ ending }) => ending === '.ogg');
  return csvLine([
    metadata.title,
    KINDS[item.kind],
    item.language,
    metadata.topic,
    metadata.field,
    metadata.programme,
    metadata.sourceOffice,
    item.areaName,
    item.areaCode,
    STATUSES[newest.status],
    item.versions.length,
    newest.authorName,
    newest.approverName,
    audio ? Math.round(audio.durationMs / 1_000) : null,
    sound && includesAudio ? pathOf(sound) : null,
    item.id,
  ]);
}

export const readMe = ({ area, includesAudio, demo }: LibraryHeader, items: number): string =>
  `Thư viện nội dung của ${area.name} (${area.code}), xuất từ phần mềm Vang: ${items} nội dung${includesAudio ? ', kèm âm thanh và hình' : ', không kèm âm thanh'}.${demo ? ' Dữ liệu mẫu.' : ''}

vang-library.json  mọi nội dung, phiên bản, siêu dữ liệu (định dạng ${LIBRARY_VERSION}); mỗi dòng một nội dung
muc-luc.csv        mục lục, mở bằng Excel hoặc LibreOffice
audio/             âm thanh phát: .ogg (Opus) cho loa, .mp3 để nghe
uploads/           bản thu gốc như đã tải lên
media/             hình và video

Để nhập vào nơi khác: mở Vang, chọn Nhập hàng loạt, gửi nguyên tệp ZIP này. Nội dung vào thành bản nháp; nơi nhận phải duyệt lại.
Tên mỗi tệp là SHA-256 của nó: tệp bị sửa sẽ bị từ chối.

The content library of ${area.name} (${area.code}), exported from Vang: ${items} items${includesAudio ? ' with sound and pictures' : ' without sound'}.${demo ? ' Demonstration data.' : ''}
To import it elsewhere, send this ZIP as it is to a bulk import. Items arrive as drafts and must be approved there.
Each file is named by its SHA-256: one that was changed is refused.
`;
