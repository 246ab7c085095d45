import { defineProblems } from '../platform/i18n/index.js';

/** For each code with which `documents/` refuses a file or a part of a ZIP: what is wrong and what to do. */
defineProblems({
  'document.empty': { status: 422, vi: 'Tệp trống. Chọn tệp khác.', en: 'The file is empty. Choose another.' },
  'document.unknownFormat': {
    status: 415,
    vi: 'Không đọc được loại tệp này. Lưu thành .docx, .pdf, .md, .txt hoặc tệp âm thanh rồi gửi lại.',
    en: 'This kind of file is not read. Save it as .docx, .pdf, .md, .txt or as audio, then send it again.',
  },
  'document.notText': {
    status: 422,
    vi: 'Tệp mang tên văn bản nhưng không chứa chữ. Mở tệp bằng chương trình đã tạo ra nó và lưu thành .docx hoặc .txt.',
    en: 'The file is named as text but holds none. Open it where it was made and save it as .docx or .txt.',
  },
  'document.noText': {
    status: 422,
    vi: 'Tệp không có chữ, có thể chỉ là ảnh chụp trang giấy. Gõ lại nội dung hoặc gửi bản có chữ.',
    en: 'The file holds no text; it may be pictures of pages only. Type it, or send a version with text.',
  },
  'document.damaged': {
    status: 422,
    vi: 'Tệp bị hỏng. Mở và lưu lại tệp, hoặc xin lại bản gốc.',
    en: 'The file is damaged. Open and save it again, or ask for the original.',
  },
  'document.encrypted': {
    status: 422,
    vi: 'Tệp có mật khẩu. Bỏ mật khẩu rồi gửi lại.',
    en: 'The file has a password. Remove it, then send the file again.',
  },
  'document.forbiddenXml': {
    status: 422,
    vi: 'Tệp chứa phần tham chiếu ra ngoài không được phép. Chép nội dung sang tài liệu mới rồi gửi lại.',
    en: 'The file refers to things outside, which is not allowed. Copy its text into a new document and send that.',
  },
  'document.tooLarge': {
    status: 413,
    vi: 'Tài liệu quá lớn. Bỏ bớt hình hoặc chia thành nhiều tệp rồi gửi lại.',
    en: 'The document is too large. Remove pictures or divide it, then send it again.',
  },
  'document.tooSlow': {
    status: 422,
    vi: 'Đọc tài liệu quá lâu nên đã dừng. Lưu thành .txt hoặc chia nhỏ rồi gửi lại.',
    en: 'Reading the document took too long and was ended. Save it as .txt or divide it, then send it again.',
  },
  'archive.notArchive': {
    status: 415,
    vi: 'Đây không phải tệp ZIP. Nén lại thành ZIP rồi gửi.',
    en: 'This is no ZIP file. Make a ZIP and send it.',
  },
  'archive.damaged': {
    status: 422,
    vi: 'Tệp ZIP bị hỏng hoặc chưa tải xong. Nén và gửi lại.',
    en: 'The ZIP file is damaged or incomplete. Make it again and send it.',
  },
  'archive.encrypted': {
    status: 422,
    vi: 'Tệp ZIP có mật khẩu. Nén lại không đặt mật khẩu rồi gửi.',
    en: 'The ZIP file has a password. Make it without one and send it.',
  },
  'archive.tooManyEntries': {
    status: 413,
    vi: 'Tệp ZIP có quá nhiều tệp. Chia thành nhiều ZIP rồi gửi.',
    en: 'The ZIP file holds too many files. Divide it into several.',
  },
  'archive.bomb': {
    status: 422,
    vi: 'Tệp ZIP phình ra quá mức cho phép khi giải nén nên bị từ chối toàn bộ.',
    en: 'The ZIP file grows beyond all measure when unpacked; all of it is refused.',
  },
  'archive.nameNotUtf8': {
    status: 422,
    vi: 'Không đọc được tên tệp. Đổi tên không dấu rồi gửi lại.',
    en: 'The name of the file cannot be read. Rename it without diacritics and send it again.',
  },
  'archive.nameNotAllowed': {
    status: 422,
    vi: 'Tên tệp quá dài hoặc chứa ký tự ẩn. Đổi tên rồi gửi lại.',
    en: 'The name of the file is too long or holds hidden characters. Rename it and send it again.',
  },
  'archive.pathOutside': {
    status: 422,
    vi: 'Đường dẫn của tệp trỏ ra ngoài thư mục. Đổi tên rồi gửi lại.',
    en: 'The path of the file leads out of its folder. Rename it and send it again.',
  },
  'archive.duplicate': {
    status: 409,
    vi: 'Trong ZIP có hai tệp cùng tên; chỉ nhận tệp đầu.',
    en: 'The ZIP holds this name twice; only the first was taken.',
  },
  'archive.link': {
    status: 422,
    vi: 'Đây là liên kết, không phải tệp. Gửi chính tệp đó.',
    en: 'This is a link, not a file. Send the file itself.',
  },
  'archive.encryptedEntry': {
    status: 422,
    vi: 'Tệp này trong ZIP có mật khẩu. Nén lại không đặt mật khẩu.',
    en: 'This file of the ZIP has a password. Make the ZIP without one.',
  },
  'archive.methodUnsupported': {
    status: 415,
    vi: 'Cách nén của tệp này không được hỗ trợ. Nén lại bằng ZIP thông thường.',
    en: 'This way of packing is not supported. Make an ordinary ZIP.',
  },
  'archive.nested': {
    status: 422,
    vi: 'Không nhận tệp nén nằm trong ZIP. Giải nén rồi gửi riêng.',
    en: 'An archive inside the ZIP is not taken. Unpack it and send it by itself.',
  },
  'archive.tooLarge': {
    status: 413,
    vi: 'Tệp này trong ZIP quá lớn. Chia nhỏ hoặc giảm dung lượng.',
    en: 'This file of the ZIP is too large. Divide it or make it smaller.',
  },
  'archive.entryDamaged': {
    status: 422,
    vi: 'Tệp này trong ZIP bị hỏng. Nén và gửi lại.',
    en: 'This file of the ZIP is damaged. Make the ZIP again and send it.',
  },
});
