/**
 * Tells a Vietnamese syllable from letters that only stand for words. Source: the closed list of onsets and rimes of the national
 * orthography (Hoàng Phê, Từ điển vần); a rime that ends in p, t, c or ch carries only sắc or nặng.
 */
const ONSETS = 'ngh ng nh ch gh gi kh ph qu th tr b c d đ g h k l m n p r s t v x'.split(' ');
const RIMES = new Set(
  (
    'a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm ên ênh ' +
    'êp êt êu i ich im in inh ip it iu ia iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oong ooc oa oac oach oai oam oan ' +
    'oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u uc ui um un ung up ' +
    'ut ua uôc uôi uôm uôn uông uôt uê uêch uênh uơ uy uya uych uyên uyêt uyn uynh uyt uyu uân uâng uât uây ư ưc ưi ưm ưn ưng ưt ' +
    'ưu ưa ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu'
  ).split(' '),
);
const BARE_RIMES = new Set([...RIMES].map(withoutMarks));
const LONGEST = 7;
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;

function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd');
}

function splits(bare: string, rimes: ReadonlySet<string>): boolean {
  if (rimes.has(bare)) return true;
  return ONSETS.some((onset) => {
    if (!bare.startsWith(onset)) return false;
    const rest = bare.slice(onset.length);
    return rimes.has(rest) || (onset === 'gi' && rest === '');
  });
}

/** True for a correctly spelt syllable in any case: `TRÌNH`, `Xã`. */
export function isSyllable(word: string): boolean {
  if (word.length > LONGEST) return false;
  const parts = word.toLowerCase().normalize('NFD');
  const tones = parts.match(TONES) ?? [];
  if (tones.length > 1) return false;
  const toneless = parts.replace(TONES, '').normalize('NFC');
  if (/(?:[ptc]|ch)$/.test(toneless) && tones[0] !== '\u0301' && tones[0] !== '\u0323') return false;
  return splits(toneless, RIMES);
}

/** True also for a syllable whose marks were lost, as in scanned headings: `HOACH`. */
export function isBareSyllable(word: string): boolean {
  return word.length <= LONGEST && splits(withoutMarks(word.toLowerCase()), BARE_RIMES);
}

/** True when a vowel carries a mark, which abbreviations do not. */
export function hasMarkedVowel(word: string): boolean {
  return /\p{M}/u.test(word.normalize('NFD'));
}
