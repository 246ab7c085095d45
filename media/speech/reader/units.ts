import { matchAt } from './scan.js';

/** Units of measure as they stand after a figure. Case counts: MB is not mb, but m2 is M2 in no plan. */
const UNITS: Readonly<Record<string, string>> = {
  km: 'ki-lô-mét',
  m: 'mét',
  dm: 'đề-xi-mét',
  cm: 'xen-ti-mét',
  mm: 'mi-li-mét',
  km2: 'ki-lô-mét vuông',
  'km²': 'ki-lô-mét vuông',
  m2: 'mét vuông',
  'm²': 'mét vuông',
  cm2: 'xen-ti-mét vuông',
  m3: 'mét khối',
  'm³': 'mét khối',
  ha: 'héc-ta',
  kg: 'ki-lô-gam',
  g: 'gam',
  gr: 'gam',
  mg: 'mi-li-gam',
  l: 'lít',
  ml: 'mi-li-lít',
  kWh: 'ki-lô-oát giờ',
  KWh: 'ki-lô-oát giờ',
  kwh: 'ki-lô-oát giờ',
  kW: 'ki-lô-oát',
  MW: 'mê-ga-oát',
  W: 'oát',
  kV: 'ki-lô-vôn',
  V: 'vôn',
  kVA: 'ki-lô-vôn am-pe',
  Hz: 'héc',
  kHz: 'ki-lô-héc',
  MHz: 'mê-ga-héc',
  dB: 'đề-xi-ben',
  KB: 'ki-lô-bai',
  MB: 'mê-ga-bai',
  GB: 'gi-ga-bai',
  TB: 'tê-ra-bai',
  kbps: 'ki-lô-bít trên giây',
  Mbps: 'mê-ga-bít trên giây',
  '°C': 'độ xê',
  ºC: 'độ xê',
  oC: 'độ xê',
  '°': 'độ',
  '%': 'phần trăm',
  '‰': 'phần nghìn',
  h: 'giờ',
  s: 'giây',
  đ: 'đồng',
  Đ: 'đồng',
  vnđ: 'đồng',
  vnd: 'đồng',
  VNĐ: 'đồng',
  VND: 'đồng',
  '₫': 'đồng',
  USD: 'đô la Mỹ',
  $: 'đô la Mỹ',
  EUR: 'ơ-rô',
  '€': 'ơ-rô',
  tr: 'triệu',
  trđ: 'triệu đồng',
  'tr.đ': 'triệu đồng',
};

/** These stand for a figure's size and may be followed by a unit of money. */
const THOUSANDS = new Set(['k', 'K']);
/** Counted things and times that may stand under a stroke: `đồng/người/tháng` is said đồng một người một tháng. */
const PLACES = 'nhà lớp trường xã thôn ấp huyện tỉnh cụm trạm tổ đội đơn'.split(' ');
const COUNTED = new Set(
  (
    'người hộ khẩu cháu em ngày đêm tuần tháng quý năm giờ phút lần buổi cuộc đợt bài tin cái chiếc con cây bao suất căn lượt ' +
    'vụ công kỳ chuyến'
  )
    .split(' ')
    .concat(PLACES),
);
/** Units written as words that a slash may follow. */
const WORD_UNITS = new Set('đồng tạ tấn lít mét cân ký yến sào công mẫu giờ'.split(' '));
const UNIT = /[ ]?([a-zA-ZđĐ]{1,4}(?:\.đ)?[23²³]?|[°º]C?|%|‰|₫|\$|€)(?![\p{L}\p{M}\p{Nd}²³])/uy;
const PER = /\/([\p{L}\p{M}]{1,8}[23²³]?)(?![\p{L}\p{M}\p{Nd}²³])/uy;

export interface UnitSaid {
  readonly length: number;
  readonly said: string;
  /** `money`, `percent` or `unit`. */
  readonly rule: string;
}

const MONEY = new Set(['đồng', 'đô la Mỹ', 'ơ-rô', 'triệu', 'triệu đồng']);

/** The unit after a figure that ends at `at`, with what it is counted by. `thousand` is the accent's word. */
export function unitAfter(text: string, at: number, thousand: string): UnitSaid | undefined {
  const found = matchAt(UNIT, text, at);
  const written = found?.[1];
  if (found === undefined || written === undefined) {
    const per = perAfter(text, at, '');
    return per.length === 0 ? undefined : { length: per.length, said: per.said.trimStart(), rule: 'unit' };
  }
  let said = UNITS[written];
  if (THOUSANDS.has(written) && !found[0].startsWith(' ')) said = `${thousand} đồng`;
  if (written === '‰') said = `phần ${thousand}`;
  // A bare capital after a blank is more often a name than a unit.
  if (said === undefined || (found[0].startsWith(' ') && /^[A-ZĐ]$/.test(written))) return undefined;
  const rule = written === '%' ? 'percent' : MONEY.has(said) || THOUSANDS.has(written) ? 'money' : 'unit';
  const per = perAfter(text, at + found[0].length, said);
  return { length: found[0].length + per.length, said: `${said}${per.said}`, rule };
}

/** `/ha`, `/tháng`, `/người/tháng` behind `unit`. */
function perAfter(text: string, at: number, unit: string): { readonly length: number; readonly said: string } {
  let said = '';
  let end = at;
  for (let round = 0; round < 3; round += 1) {
    const found = matchAt(PER, text, end);
    const noun = found?.[1];
    if (found === undefined || noun === undefined) break;
    const measured = UNITS[noun];
    if (measured !== undefined) said += ` ${MONEY.has(unit) ? 'một' : 'trên'} ${measured}`;
    else if (unit !== '' && COUNTED.has(noun)) said += ` một ${noun}`;
    else break;
    end += found[0].length;
  }
  return { length: end - at, said };
}

/** `đồng/kg`, `2 lần/ngày`: a word, and what it is counted by. Places are rather alternatives: `thôn/ấp`. */
export function perWord(text: string, at: number, word: string, afterFigure: boolean): UnitSaid | undefined {
  const counts = WORD_UNITS.has(word) || (afterFigure && COUNTED.has(word) && !PLACES.includes(word));
  const per = counts ? perAfter(text, at + word.length, word) : undefined;
  if (per === undefined || per.length === 0) return undefined;
  return { length: word.length + per.length, said: `${word}${per.said}`, rule: word === 'đồng' ? 'money' : 'unit' };
}
