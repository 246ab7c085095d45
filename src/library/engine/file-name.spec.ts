import { expect, it } from '@jest/globals';
import { cleanFileName } from './file-name.js';

it.each([
  ['ảnh chợ.JPG', 'image/jpeg', 'ảnh chợ.jpg'],
  ['ảnh.jpeg', 'image/jpeg', 'ảnh.jpeg'],
  ['thật ra là PNG.jpg', 'image/png', 'thật ra là PNG.png'],
  ['trang.html', 'image/webp', 'trang.webp'],
  ['../../etc/passwd', 'image/png', 'passwd.png'],
  ['C:\\Users\\hoa\\Ảnh.png', 'image/png', 'Ảnh.png'],
  ['.bashrc', 'image/png', 'bashrc.png'],
  ['a\u202egnp.exe', 'image/png', 'agnp.png'],
  ['a\r\nset-cookie: x.png', 'image/png', 'a set-cookie x.png'],
  ['', 'video/mp4', 'tep.mp4'],
  ['...', 'video/mp4', 'tep.mp4'],
  ['bản tin 3.12 lúc 5h', 'video/mp4', 'bản tin 3.12 lúc 5h.mp4'],
  ['x'.repeat(500), 'video/mp4', `${'x'.repeat(120)}.mp4`],
])('%j of type %s is shown as %j', (raw, type, shown) => expect(cleanFileName(raw, type)).toBe(shown));
