import { describe, expect, test } from '@jest/globals';
import { type Accent, BUILT_IN_DICTIONARY, readVietnamese } from './index.js';

const said = (text: string, accent: Accent = 'north') =>
  readVietnamese(text, { accent })
    .sentences.map((sentence) => sentence.said)
    .join(' | ');
const reasons = (text: string) =>
  readVietnamese(text, { accent: 'north' }).doubts.map(({ written, reason }) => `${written}: ${reason}`);

/** Rules that the plans do not show; expected readings by hand. */
const RULES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  numbers: [
    ['0', 'không'],
    ['10, 11, 14, 15', 'mười, mười một, mười bốn, mười lăm'],
    ['20, 21, 24, 25', 'hai mươi, hai mươi mốt, hai mươi tư, hai mươi lăm'],
    ['101 hộ', 'một trăm linh một hộ'],
    ['105, 115, 155', 'một trăm linh năm, một trăm mười lăm, một trăm năm mươi lăm'],
    ['1.005', 'một nghìn không trăm linh năm'],
    ['1.050', 'một nghìn không trăm năm mươi'],
    ['1.500.000', 'một triệu năm trăm nghìn'],
    ['1.000.005', 'một triệu không trăm linh năm'],
    ['21.000.000', 'hai mươi mốt triệu'],
    ['1.000.000.005', 'một tỷ không trăm linh năm'],
    ['2.050.000.000', 'hai tỷ không trăm năm mươi triệu'],
    ['1.000.000.000.000', 'một nghìn tỷ'],
    ['91,4', 'chín mươi mốt phẩy bốn'],
    ['0,05', 'không phẩy không năm'],
    ['2,25', 'hai phẩy hai mươi lăm'],
    ['3,1416', 'ba phẩy một bốn một sáu'],
    ['1.234,5', 'một nghìn hai trăm ba mươi tư phẩy năm'],
    ['phiên bản 2.0', 'phiên bản hai chấm không'],
    ['còn -5 điểm', 'còn âm năm điểm'],
    ['01 buổi, 05 hộ, số 05', 'một buổi, năm hộ, số không năm'],
    ['lần thứ 3, lần thứ 1, thứ 4', 'lần thứ ba, lần thứ nhất, thứ tư'],
    ['2/3 số hộ, 3/4 diện tích', 'hai phần ba số hộ, ba phần tư diện tích'],
    ['10/12 thôn', 'mười trên mười hai thôn'],
    ['5-7 ngày', 'năm đến bảy ngày'],
    ['thứ 2 - thứ 6', 'thứ hai đến thứ sáu'],
    ['Điều 5, khoản 2', 'Điều năm, khoản hai'],
  ],
  dates: [
    ['ngày 5/3', 'ngày năm tháng ba'],
    ['sáng 05/3', 'sáng ngày năm tháng ba'],
    ['hạn 15/11', 'hạn ngày mười lăm tháng mười một'],
    ['lễ 2/9', 'lễ ngày hai tháng chín'],
    ['tháng 4, tháng 5, tháng 12', 'tháng tư, tháng năm, tháng mười hai'],
    ['tháng 9/2023', 'tháng chín năm hai nghìn không trăm hai mươi ba'],
    ['quý III/2023', 'quý ba năm hai nghìn không trăm hai mươi ba'],
    ['quý 4/2023', 'quý bốn năm hai nghìn không trăm hai mươi ba'],
    ['ngày 02-9-1945', 'ngày hai tháng chín năm một nghìn chín trăm bốn mươi lăm'],
    ['từ ngày 5-7/3', 'từ ngày năm đến ngày bảy tháng ba'],
    [
      '26/10/2023-31/12/2023',
      'ngày hai mươi sáu tháng mười năm hai nghìn không trăm hai mươi ba đến ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi ba',
    ],
    ['năm 2005', 'năm hai nghìn không trăm linh năm'],
    ['năm 1975', 'năm một nghìn chín trăm bảy mươi lăm'],
  ],
  times: [
    ['05:00', 'năm giờ'],
    ['17h30', 'mười bảy giờ ba mươi phút'],
    ['17h05', 'mười bảy giờ năm phút'],
    ['7g30', 'bảy giờ ba mươi phút'],
    ['từ 5h–6h', 'từ năm giờ đến sáu giờ'],
    ['8h-11h30', 'tám giờ đến mười một giờ ba mươi phút'],
    ['lúc 7 giờ rưỡi', 'lúc bảy giờ rưỡi'],
    ['tỷ lệ 1:50', 'tỷ lệ một trên năm mươi'],
  ],
  money: [
    ['1.500.000 đồng', 'một triệu năm trăm nghìn đồng'],
    ['10 tr', 'mười triệu'],
    ['10tr5', 'mười triệu năm trăm nghìn'],
    ['36.000đ', 'ba mươi sáu nghìn đồng'],
    ['50k', 'năm mươi nghìn đồng'],
    ['2,5 tỷ đồng', 'hai phẩy năm tỷ đồng'],
    ['100 USD, $20', 'một trăm đô la Mỹ, hai mươi đô la Mỹ'],
    ['700.000 đồng/người/tháng', 'bảy trăm nghìn đồng một người một tháng'],
    ['12.000đ/kg', 'mười hai nghìn đồng một ki-lô-gam'],
    ['1 500 000 đồng', 'một triệu năm trăm nghìn đồng'],
  ],
  'percentages and units': [
    ['91,4 %', 'chín mươi mốt phẩy bốn phần trăm'],
    ['3-5%', 'ba đến năm phần trăm'],
    ['3%-5%', 'ba phần trăm đến năm phần trăm'],
    ['15 km, 2 km2, 3 km²', 'mười lăm ki-lô-mét, hai ki-lô-mét vuông, ba ki-lô-mét vuông'],
    ['120 ha, 5 kg, 10 g, 3m3', 'một trăm hai mươi héc-ta, năm ki-lô-gam, mười gam, ba mét khối'],
    ['50 kWh, 20 MB', 'năm mươi ki-lô-oát giờ, hai mươi mê-ga-bai'],
    ['30°C, -5°C', 'ba mươi độ xê, âm năm độ xê'],
    ['5 mg/l, 40 km/h', 'năm mi-li-gam trên lít, bốn mươi ki-lô-mét trên giờ'],
  ],
  papers: [
    ['288/KH-UBND', 'hai trăm tám mươi tám trên kế hoạch, Ủy ban nhân dân'],
    [
      '06/2022/TT-BTTTT',
      'không sáu trên hai nghìn không trăm hai mươi hai trên thông tư, Bộ Thông tin và Truyền thông',
    ],
    ['1719/QĐ-TTg', 'một nghìn bảy trăm mười chín trên quyết định, Thủ tướng'],
    ['49/2024/NĐ-CP', 'bốn mươi chín trên hai nghìn không trăm hai mươi tư trên nghị định, Chính phủ'],
    ['Luật số 41/2024/QH15', 'Luật số bốn mươi mốt trên hai nghìn không trăm hai mươi tư trên Quốc hội khóa mười lăm'],
  ],
  'telephone numbers': [
    ['0271 3 888 999', 'không hai bảy một, ba, tám tám tám, chín chín chín'],
    ['0988.123.456', 'không chín tám tám, một hai ba, bốn năm sáu'],
    ['0988123456', 'không chín tám tám, một hai ba, bốn năm sáu'],
    ['(0271) 3888999', 'không hai bảy một, ba tám tám tám chín chín chín'],
    ['hotline 1900 1234', 'đường dây nóng một chín không không, một hai ba bốn'],
    ['Hãy gọi 113 hoặc 115.', 'Hãy gọi một một ba hoặc một một năm.'],
    ['113 hộ', 'một trăm mười ba hộ'],
  ],
  'Roman numerals': [
    ['Điều IV, khóa XIII, thế kỷ XXI', 'Điều bốn, khóa mười ba, thế kỷ hai mươi mốt'],
    ['I am here', 'I am here'],
    ['VI PHẠM', 'vi phạm'],
    ['Vitamin C', 'Vitamin C'],
  ],
  abbreviations: [
    ['P.LĐTBXH và P. Tân Phú', 'Phòng Lao động, Thương binh và Xã hội và phường Tân Phú'],
    ['TP. Đồng Xoài, Tx. Bình Long, v.v. và các xã', 'thành phố Đồng Xoài, thị xã Bình Long, vân vân và các xã'],
    ['TP.HCM', 'thành phố Hồ Chí Minh'],
    ['ubnd xã', 'Ủy ban nhân dân xã'],
    ['PCTUBND', 'Phó Chủ tịch Ủy ban nhân dân'],
    ['XYZ', 'ích-xì, i, dét'],
    ['UBND-TTN', 'Ủy ban nhân dân, tê, tê, en-nờ'],
    ['TU BỔ ĐÌNH LÀNG', 'tu bổ đình làng'],
    ['HAI CON LÀ ĐỦ', 'hai con là đủ'],
    ['COVID-19, H5N1', 'cô-vít mười chín, hát năm en-nờ một'],
  ],
  'names and foreign words': [
    ["K'Brêu, H'Hen Niê, Y Moan, Đắk R'lấp", "K'Brêu, H'Hen Niê, Y Moan, Đắk R'lấp"],
    ['ông J. Smith đến', 'ông J Smith đến'],
    ['YouTube, Facebook', 'YouTube, Facebook'],
  ],
  'addresses and signs': [
    ['https://www.binhphuoc.gov.vn/', 'binhphuoc chấm gov chấm vê en-nờ'],
    ['a.b@tinh.gov.vn', 'a chấm bê a còng tinh chấm gov chấm vê en-nờ'],
    ['3 + 4 = 7', 'ba cộng bốn bằng bảy'],
    ['thu nhập < 5 triệu', 'thu nhập nhỏ hơn năm triệu'],
    ['xã/phường', 'xã, phường'],
    ['Chào bà con 😀!', 'Chào bà con!'],
  ],
};

for (const [group, cases] of Object.entries(RULES)) {
  describe(group, () => {
    test.each(cases.map(([written, expected]) => ({ written, expected })))('$written', ({ written, expected }) => {
      expect(said(written)).toBe(expected);
    });
  });
}

describe('accents', () => {
  test('differ in nghìn and ngàn, linh and lẻ, tư and bốn', () => {
    expect(said('1.005 và 24', 'north')).toBe('một nghìn không trăm linh năm và hai mươi tư');
    expect(said('1.005 và 24', 'central')).toBe('một ngàn không trăm lẻ năm và hai mươi tư');
    expect(said('1.005 và 24', 'south')).toBe('một ngàn không trăm lẻ năm và hai mươi bốn');
  });
});

describe('sentences', () => {
  const pieces = (text: string) => readVietnamese(text, { accent: 'north' }).sentences;

  test('end at marks, semicolons and lines; a blank line is a paragraph', () => {
    expect(pieces('Một. Hai! Ba? Bốn; năm\nsáu\n\nBảy…')).toEqual([
      { written: 'Một.', said: 'Một.', pause: 'sentence' },
      { written: 'Hai!', said: 'Hai!', pause: 'sentence' },
      { written: 'Ba?', said: 'Ba?', pause: 'sentence' },
      { written: 'Bốn;', said: 'Bốn', pause: 'sentence' },
      { written: 'năm', said: 'năm', pause: 'sentence' },
      { written: 'sáu', said: 'sáu', pause: 'paragraph' },
      { written: 'Bảy…', said: 'Bảy.', pause: 'sentence' },
    ]);
  });

  test('do not end at the edge of a printed page', () => {
    const text =
      'Thực hiện Quyết định của Bộ Lao động về giảm nghèo của\n\nỦy ban nhân dân tỉnh và các xã, phường, thị trấn trên\nđịa bàn.';
    expect(pieces(text)).toHaveLength(1);
  });

  test('of list items stand alone', () => {
    expect(said('1. Hộ nghèo\n2) Hộ cận nghèo\na) Trẻ em\n• Người già\n+ Phụ nữ')).toBe(
      'một: Hộ nghèo | hai: Hộ cận nghèo | a: Trẻ em | Người già | Phụ nữ',
    );
  });

  test('without an end are cut at a comma before 300 characters, or at a blank', () => {
    const withCommas = pieces('bà con trong xã chú ý nghe thông báo, '.repeat(20));
    expect(withCommas.length).toBeGreaterThan(2);
    expect(withCommas.every((piece) => piece.said.length <= 300 && piece.said.endsWith('thông báo'))).toBe(true);
    expect(pieces('bà con '.repeat(100)).every((piece) => piece.said.length <= 300)).toBe(true);
  });
});

describe('the dictionary', () => {
  test('holds at least 150 entries, each written once, whose said forms are read unchanged', () => {
    expect(BUILT_IN_DICTIONARY.length).toBeGreaterThanOrEqual(150);
    expect(new Set(BUILT_IN_DICTIONARY.map(({ written }) => written)).size).toBe(BUILT_IN_DICTIONARY.length);
    expect(BUILT_IN_DICTIONARY.filter((entry) => said(entry.said) !== entry.said)).toEqual([]);
  });

  test('of an area overrides the built-in one, whole words only, exact case first', () => {
    const dictionary = [
      { written: 'NTM', said: 'nhà tình thương' },
      { written: 'Ntm', said: 'khác' },
      { written: 'tổ VĐ', said: 'tổ vận động' },
    ];
    const read = (text: string) => readVietnamese(text, { accent: 'north', dictionary }).sentences[0]?.said;
    expect(read('NTM và Ntm của tổ VĐ')).toBe('nhà tình thương và khác của tổ vận động');
    expect(read('NTMX')).not.toContain('nhà tình thương');
  });

  test('of an area puts no figures and no markup into the voice', () => {
    const dictionary = [{ written: 'TDP', said: '<b>tổ</b> 5 [[x]]' }];
    expect(readVietnamese('TDP họp', { accent: 'south', dictionary }).sentences[0]?.said).toBe('tổ năm họp');
  });
});

describe('doubts', () => {
  test('show what a person must look at', () => {
    expect(reasons('XYZ họp 2-1')).toEqual(['XYZ: unknownAbbreviation', '2-1: ambiguous']);
    expect(reasons('Số:      /KH-UBND')).toEqual(['/KH-UBND: unreadable']);
    expect(reasons('<speak>Xin chào</speak>')).toEqual(['<speak>: unreadable', '</speak>: unreadable']);
    expect(reasons('phạm vi v\ufffd thời gian, ភាសា')).toEqual([
      'v: unreadable',
      '\ufffd: unreadable',
      'ភាសា: unreadable',
    ]);
    expect(reasons('I am')).toEqual(['I: ambiguous']);
  });

  test('are silent on an ordinary text', () => {
    expect(reasons('UBND xã họp lúc 7h30 ngày 25/11/2023 tại số 5, ấp 3.')).toEqual([]);
  });
});

test('replacements tell the rule and the place in the NFC text', () => {
  const text = 'Tỷ\u200b lệ 91,4 % của UBND'.normalize('NFD');
  expect(readVietnamese(text, { accent: 'north' }).replacements).toEqual([
    { from: 2, to: 3, written: '\u200b', said: '', rule: 'control' },
    { from: 7, to: 13, written: '91,4 %', said: 'chín mươi mốt phẩy bốn phần trăm', rule: 'percent' },
    { from: 18, to: 22, written: 'UBND', said: 'Ủy ban nhân dân', rule: 'abbreviation' },
  ]);
});
