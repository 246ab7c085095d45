import { spelled } from './letters.js';
import { digitsSaid, type NumberWords } from './numbers.js';
import { matchAt, type Rule } from './scan.js';
import { isBareSyllable } from './syllables.js';

const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}/y;
const URL = /(?:[Hh][Tt]{2}[Pp][Ss]?:\/\/|[Ww]{3}\.)[^\s<>"“”'()[\]{}]{1,300}/y;
const DOMAIN =
  /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.(?:gov|com|net|org|edu|vn|info)(?:\.vn)?(?:\/[^\s<>"“”'()[\]{}]{0,200})?(?![\p{L}\p{Nd}])/uy;
/** The ubnd of an address: at most a vowel in front. */
const UNPRONOUNCEABLE = /^[aeiou]?[^aeiouy]{2,}$/;
/** Words of addresses that listeners know as words. */
const KNOWN = new Set('com gov org net edu info mail'.split(' '));
/** Nobody writes down a longer path by ear. */
const LONGEST_PATH = 40;

/** Signs that may follow the first letters of an address. */
const JOINS = new Set('.@:_%+-');

const SIGNS: Readonly<Record<string, string>> = {
  '.': 'chấm',
  '@': 'a còng',
  '/': 'gạch chéo',
  '-': 'gạch ngang',
  _: 'gạch dưới',
  '+': 'cộng',
  ':': 'hai chấm',
};

function addressSaid(address: string, words: NumberWords): string {
  return (address.toLowerCase().match(/[a-z]+|\d+|[.@/\-_+:]/g) ?? [])
    .map((part) => {
      const sign = SIGNS[part];
      if (sign !== undefined) return sign;
      if (/^\d/.test(part)) return digitsSaid(part);
      const letters = (part.length <= 3 && !KNOWN.has(part) && !isBareSyllable(part)) || UNPRONOUNCEABLE.test(part);
      return letters ? spelled(part, words, ' ') : part;
    })
    .join(' ');
}

/** `binhphuoc.gov.vn`, `https://…`, `a.b@tinh.gov.vn`: no protocol, no www; an overlong path stays unsaid and is shown. */
export const readAddress: Rule = ({ text, at, words, run }) => {
  if (!JOINS.has(text[at + run.length] ?? '')) return undefined;
  const mail = matchAt(EMAIL, text, at);
  if (mail !== undefined) return { length: mail[0].length, said: addressSaid(mail[0], words), rule: 'address' };
  const found = (matchAt(URL, text, at) ?? matchAt(DOMAIN, text, at))?.[0].replace(/[.,;:!?…]{1,9}$/, '');
  if (found === undefined || !/[A-Za-z]/.test(found)) return undefined;
  const bare = found
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/\/$/, '');
  const slash = bare.indexOf('/');
  const long = slash >= 0 && bare.length - slash > LONGEST_PATH;
  const said = addressSaid(long ? bare.slice(0, slash) : bare, words);
  return { length: found.length, said, rule: 'address', ...(long ? { doubt: 'unreadable' } : {}) };
};
