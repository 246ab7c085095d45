/** Whether a word can be a Vietnamese syllable: initial, rime and tone must fit together. Used to tell encodings apart. */

const INITIALS = 'b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x'.split(' ');
const RIMES = new Set(
  `a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
   e ec em en eng eo ep et ê êch ên ênh êm êp êt êu
   i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
   o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
   ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
   u ua uâng uân uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyp uyt uyu
   ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
   y yêm yên yêng yêt yêu
   êc êng`.split(/\s+/),
);
/** grave, acute, tilde, hook above, dot below */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;
const SHARP_TONES = /[\u0301\u0323]/;

export function isVietnameseSyllable(word: string): boolean {
  if (word.length > 12) return false;
  const decomposed = word.toLowerCase().normalize('NFD');
  const tones = decomposed.match(TONES) ?? [];
  if (tones.length > 1) return false;
  const bare = decomposed.replace(TONES, '').normalize('NFC');
  const stopped = /(?:c|ch|p|t)$/.test(bare);
  if (stopped && !SHARP_TONES.test(tones[0] ?? '')) return false;
  if (RIMES.has(bare)) return true;
  return INITIALS.some(
    (initial) =>
      bare.startsWith(initial) &&
      (RIMES.has(bare.slice(initial.length)) ||
        // gi- keeps one i only: gì, gìn, giêng.
        (initial === 'g' && bare.startsWith('gi') && RIMES.has(bare.slice(1)))),
  );
}
