import { grouped, heading } from './layout.js';
import type { ReportMaterial } from './material.js';

/** How whoever was given the pack checks it, on a page of its own. */
export function checking({ checkpoint, checkpointQr, rootFingerprint, verifier }: ReportMaterial): object[] {
  return [
    heading('Cách kiểm tra hồ sơ này', { pageBreak: 'before' }),
    {
      ol: [
        'Lấy verify.html từ trang của cơ quan hoặc của dự án Vang, không lấy từ nơi gửi hồ sơ. Đối chiếu SHA-256 của tệp đó với mã dưới đây.',
        'Mở verify.html bằng trình duyệt (không cần mạng), chọn tệp hồ sơ .zip. Hoặc: npm run vang -- verify TỆP --root DẤU-VÂN-TAY.',
        'Đối chiếu dấu vân tay khóa gốc với bản mà cơ quan đã công bố.',
        'Đối chiếu điểm chốt dưới đây với điểm chốt mà bên thanh toán đã nhận trước, nếu có.',
      ],
    },
    { text: 'SHA-256 của verify.html', style: 'soft', margin: [0, 10, 0, 0] },
    { text: verifier === null ? 'chưa dựng trên máy này' : grouped(verifier), style: 'code' },
    { text: 'Dấu vân tay khóa gốc (SHA-256)', style: 'soft', margin: [0, 8, 0, 0] },
    { text: grouped(rootFingerprint), style: 'code' },
    { text: 'Điểm chốt của sổ nhật ký', style: 'soft', margin: [0, 8, 0, 3] },
    { svg: checkpointQr, fit: [170, 170] },
    // Its signature is one long word, which fits the whole width only.
    { text: checkpoint, style: 'code', fontSize: 8, margin: [0, 4, 0, 0] },
  ];
}
