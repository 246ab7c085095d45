import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { NOTICES } from '../testing/notices.js';
import { SMALL_LETTERS, toTcvn3, toVni, toWindows1258 } from '../testing/old-encodings.js';
import { convertLegacy, convertLegacyParts, detectLegacyEncoding } from './legacy.js';
import { decodeWindows1252 } from './windows-1252.js';

const ENCODERS = { tcvn3: toTcvn3, vni: toVni, 'windows-1258': toWindows1258 } as const;
const ENCODINGS = ['tcvn3', 'vni', 'windows-1258'] as const;
const written = (text: string, encoding: (typeof ENCODINGS)[number]) => decodeWindows1252(ENCODERS[encoding](text));

const starter = new URL('../../media/starter/', import.meta.url);
const SCRIPTS = readdirSync(starter)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .map((name) => readFileSync(new URL(name, starter), 'utf8').normalize('NFC'));

describe('the 134 letters that ASCII lacks', () => {
  test('are there, each once', () => {
    expect(new Set([...SMALL_LETTERS, ...SMALL_LETTERS.map((letter) => letter.toUpperCase())]).size).toBe(134);
  });

  test.each(SMALL_LETTERS)('small %s comes back from every encoding', (letter) => {
    for (const encoding of ENCODINGS) expect(convertLegacy(written(letter, encoding), encoding).text).toBe(letter);
  });

  test.each(SMALL_LETTERS.map((letter) => letter.toUpperCase()))(
    'capital %s comes back from VNI and 1258',
    (letter) => {
      for (const encoding of ['vni', 'windows-1258'] as const) {
        expect(convertLegacy(written(letter, encoding), encoding).text).toBe(letter);
      }
    },
  );

  test('in TCVN3 only the seven capitals without a tone mark have a code; the others come back small', () => {
    const back = SMALL_LETTERS.map((letter) => convertLegacy(written(letter.toUpperCase(), 'tcvn3'), 'tcvn3').text);
    expect(back.filter((letter) => letter === letter.toUpperCase()).join('')).toBe('ĂÂĐÊÔƠƯ');
    expect(back.map((letter) => letter.toLowerCase())).toEqual(SMALL_LETTERS);
  });
});

describe('capitals in TCVN3', () => {
  const back = (text: string) => convertLegacy(written(text, 'tcvn3'), 'tcvn3');

  test.each([
    'QUYẾT ĐỊNH',
    'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
    'KẾ HOẠCH\nTuyên truyền về giảm nghèo',
    'Căn cứ Nghị định số 30/2020/NĐ-CP của CHÍNH PHỦ',
  ])('"%s" is put back by its neighbours, and said so', (text) => {
    const converted = back(text);
    expect(converted).toEqual({ text, capitalsRestored: true });
  });

  test.each(['Bà Đỗ Vũ Hà', 'Ở xã An Hòa', 'TP Hồ Chí Minh'])('"%s" keeps its small letters', (text) => {
    // A capital with a tone mark at the start of a word has no code at all.
    expect(back(text).text.toLowerCase()).toBe(text.toLowerCase());
    expect(back(text).capitalsRestored).toBe(false);
  });
});

describe('which encoding it is', () => {
  test.each(ENCODINGS)('whole scripts in %s are known and come back', (encoding) => {
    for (const script of SCRIPTS) {
      const text = written(script, encoding);
      expect(detectLegacyEncoding(text)).toBe(encoding);
      expect(convertLegacy(text, encoding).text.toLowerCase()).toBe(script.toLowerCase());
    }
    expect(SCRIPTS.length).toBe(20);
  });

  test.each(NOTICES)('"%s" is known in every encoding', (notice) => {
    for (const encoding of ENCODINGS) expect(detectLegacyEncoding(written(notice, encoding))).toBe(encoding);
  });

  test.each(ENCODINGS)(
    'any five words in %s are known nearly always, and never taken for Western European',
    (encoding) => {
      const all = SCRIPTS.flatMap((script) => fiveWords(script));
      const found = all.map((words) => detectLegacyEncoding(written(words, encoding)));
      const right = found.filter((one) => one === encoding).length;
      expect(right / all.length).toBeGreaterThan(0.99);
      expect(all.length).toBeGreaterThan(1_000);
    },
  );

  test('Unicode stays Unicode, whole or in five words', () => {
    for (const text of [...NOTICES, ...SCRIPTS, ...SCRIPTS.flatMap(fiveWords)]) {
      expect(convertLegacyParts(text)).toEqual({ text, notes: [] });
    }
  });

  test.each([
    'The meeting starts at 7 am in the village hall.',
    'It costs £5, or €6 – “cheap”, © 2020, § 5, 25°C, 500 m² and ½.',
    'Le café est à côté de la mairie; où est-il passé cet été ?',
    'Müller fährt über die Brücke nach Köln, schön und größer.',
    'São Paulo não está em Espanha; mañana comerá allí el niño.',
    '',
  ])('"%s" is left alone', (text) => {
    expect(detectLegacyEncoding(text)).toBeNull();
    expect(convertLegacyParts(text)).toEqual({ text, notes: [] });
  });

  test.each([
    'Truyen thong vé cong tac giam ngheo phu hop véi timg dbi tuong',
    'Phéi hop véi cac co quan truyen théng, bao chi xay dung chuyén trang',
    'dua do Mt tran va céc to6 chuc chinh tri - xa héi tinh chu tri',
  ])('a line that a scanner misread, "%s", stays as it is among others', (line) => {
    const text = `${NOTICES[0]}\n${line}`;
    expect(convertLegacyParts(text)).toEqual({ text, notes: [] });
  });

  test('TCVN3 whose ư became a hyphen, as in old PDFs, is made whole', () => {
    const text = 'Mời người già ở phường đưa thư, lương và sổ được cấp ở Bà-Rịa, quy-chế số 5-KH/TU, chưa mưa.';
    const broken = written(text, 'tcvn3').replaceAll('\u00ad', '-');
    expect(broken).not.toBe(written(text, 'tcvn3'));
    expect(convertLegacyParts(broken).text).toBe(text);
  });

  test('a line in TCVN3 among lines of Unicode is converted alone', () => {
    const text = [NOTICES[0], written(NOTICES[1], 'tcvn3'), NOTICES[2]].join('\n');
    expect(convertLegacyParts(text)).toEqual({ text: NOTICES.slice(0, 3).join('\n'), notes: ['convertedTcvn3'] });
  });

  test('a megabyte without a space takes no time to speak of', () => {
    const started = performance.now();
    for (const text of ['a'.repeat(2 ** 20), '\u00e9'.repeat(2 ** 20), 'a\u00e9'.repeat(2 ** 19)]) {
      convertLegacyParts(text);
    }
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

/** Stretches of five words of which at least two have marks: with fewer there is nothing to judge. */
function fiveWords(script: string): string[] {
  const words = script.split(/\s+/).filter((word) => /^[\p{L},.]+$/u.test(word));
  const stretches: string[] = [];
  for (let at = 0; at + 5 <= words.length; at += 5) stretches.push(words.slice(at, at + 5).join(' '));
  return stretches.filter((stretch) => stretch.split(' ').filter((word) => /[^ -~]/.test(word)).length >= 2);
}
