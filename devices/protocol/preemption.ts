/** Classes of bulletin (Thông tư 39/2020/TT-BTTTT) and what each does to one that is already sounding. */
export const PLAY_CLASSES = ['normal', 'priority', 'emergency'] as const;
export type PlayClass = (typeof PLAY_CLASSES)[number];

export type Preemption = 'interrupt' | 'wait';

/** Row: the newcomer. Column: what is playing. An emergency pre-empts all but an emergency; priority is placed ahead, it does not cut. */
export const PREEMPTION: Readonly<Record<PlayClass, Readonly<Record<PlayClass, Preemption>>>> = {
  normal: { normal: 'wait', priority: 'wait', emergency: 'wait' },
  priority: { normal: 'wait', priority: 'wait', emergency: 'wait' },
  emergency: { normal: 'interrupt', priority: 'interrupt', emergency: 'wait' },
};

const RANK: Readonly<Record<PlayClass, number>> = { emergency: 0, priority: 1, normal: 2 };

interface Due {
  readonly play: string;
  readonly class: PlayClass;
  readonly startMs: number;
}

/** The order in which waiting plays get the loudspeaker: class, then planned start, then id, so that every device agrees. */
export function byTurn(a: Due, b: Due): number {
  return RANK[a.class] - RANK[b.class] || a.startMs - b.startMs || (a.play < b.play ? -1 : a.play > b.play ? 1 : 0);
}
