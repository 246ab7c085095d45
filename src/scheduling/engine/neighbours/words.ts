import type { NeighbourCode, Words } from './model.js';

const seconds = (ms: number, comma: string): string => (ms / 1_000).toFixed(1).replace('.', comma);

/** What a person reads, with distance and delay: why it is heard, and what can be done. */
export function wordsOf(
  code: NeighbourCode,
  heard: { readonly names: readonly string[]; readonly distanceM: number; readonly delayMs: number },
): Words {
  const [first = '', second = ''] = heard.names;
  const metres = Math.round(heard.distanceM);
  const vi = `${seconds(heard.delayMs, ',')} giây`;
  const en = `${seconds(heard.delayMs, '.')} s`;
  switch (code) {
    case 'notTogether':
      return {
        vi: `${first} và ${second} cách nhau ${metres} m, nghe như một loa, nhưng phát cùng một bài lệch giờ: cho phát cùng lúc.`,
        en: `${first} and ${second} are ${metres} m apart and heard as one, but start the same item at different times: let them start together.`,
      };
    case 'sameTimeSameItem':
      return {
        vi: `${first} và ${second} cách nhau ${metres} m, phát cùng một bài cùng lúc: tiếng đến lệch ${vi} nên bị vọng. Phát lệch giờ; phát cùng lúc không hết vọng.`,
        en: `${first} and ${second}, ${metres} m apart, play the same item at the same time: the sound of one arrives ${en} later, as an echo. Stagger them; starting together does not cure it.`,
      };
    case 'sameTimeOtherItem':
      return {
        vi: `${first} và ${second} cách nhau ${metres} m, phát hai bài khác nhau cùng lúc: người nghe khó hiểu cả hai. Phát lệch giờ.`,
        en: `${first} and ${second}, ${metres} m apart, play different items at the same time: neither is understood. Stagger them.`,
      };
    case 'foreign':
      return {
        vi: `${first} phát cùng lúc với loa ngoài hệ thống “${second}”, cách ${metres} m: đổi giờ hoặc thống nhất với nơi quản lý loa đó.`,
        en: `${first} plays at the same time as the foreign loudspeaker “${second}”, ${metres} m away: move it, or agree hours with its owner.`,
      };
  }
}
