import type { Receipt } from '../../../devices/protocol/index.js';

/** A play that was not as required, whatever it came to: stated beside its outcome, never in its place. */
export const DEVIATIONS = {
  late: { vi: 'phát trễ', en: 'It began late.' },
  wrongVolume: { vi: 'sai âm lượng', en: 'It sounded at another volume than planned.' },
  cutShort: { vi: 'bị cắt ngắn', en: 'Less sounded than there was to sound.' },
  interrupted: { vi: 'bị ngắt giữa chừng', en: 'Something else sounded in between.' },
  untrustedTime: { vi: 'giờ của thiết bị không tin cậy', en: 'The device could not trust its clock.' },
} as const satisfies Readonly<Record<string, { readonly vi: string; readonly en: string }>>;
export type Deviation = keyof typeof DEVIATIONS;

/** A player starts within hundredths of a second; a listener notices some seconds. */
const LATE_MS = 5_000;
/** Rounding of a sound card and of a file's stated length. */
const SHORT_BY_MS = 2_000;

/** How what a receipt states differs from what was planned; nothing for a play that made no sound. */
export function deviationsOf({
  startedAtMs,
  lateMs,
  volume,
  planned,
  playedMs,
  seekMs,
  interruptions = [],
  clock,
}: Receipt): Deviation[] {
  if (startedAtMs === null) return [];
  const found: Readonly<Record<Deviation, boolean>> = {
    late: lateMs > LATE_MS,
    wrongVolume: volume !== planned.volume,
    cutShort: playedMs + seekMs + SHORT_BY_MS < planned.durationMs || seekMs > SHORT_BY_MS,
    interrupted: interruptions.length > 0,
    untrustedTime: clock.trust === 'untrusted',
  };
  return (Object.keys(DEVIATIONS) as Deviation[]).filter((name) => found[name]);
}
