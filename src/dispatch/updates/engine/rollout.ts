/** How far a rollout goes before it is looked at again: cumulative, of all devices concerned. */
export type Stage = { readonly count: number } | { readonly percent: number };

export interface Policy {
  /** Growing; the last one is everybody. */
  readonly stages: readonly Stage[];
  /** How long a stage is watched, counted from the night in which it is installed, ms. */
  readonly soakMs: number;
  /** Of the ordered devices at least so many run it well before it goes on. A device that says nothing is not among them. */
  readonly healthyPercent: number;
  /** More than so many that fell back or refused, and it halts. */
  readonly failedPercent: number;
}

export interface Progress {
  /** Index of the stage that is open; -1: none yet. */
  readonly stage: number;
  /** Start of the night of the open stage; null: none yet. */
  readonly stageFromMs: number | null;
}

/** Devices. Excused ones (a person went on in spite of them) count in `all` and `taken` only. */
export interface Tally {
  /** Concerned in all, ordered or not. */
  readonly all: number;
  /** Chosen so far. */
  readonly taken: number;
  readonly judged: number;
  readonly healthy: number;
  readonly failed: number;
}

export type Step =
  | { readonly kind: 'wait' }
  /** Choose so many more; the stage that is open afterwards. */
  | { readonly kind: 'widen'; readonly stage: number; readonly more: number }
  | { readonly kind: 'halt' }
  | { readonly kind: 'done' };

/** What a running rollout does next. */
export function nextStep(policy: Policy, { stage, stageFromMs }: Progress, tally: Tally, nowMs: number): Step {
  if (tally.failed * 100 > tally.judged * policy.failedPercent) return { kind: 'halt' };
  // Who was enrolled meanwhile belongs to it too.
  const open = policy.stages[stage];
  const more = open ? sizeOf(open, tally.all) - tally.taken : 0;
  if (more > 0) return { kind: 'widen', stage, more };
  if (stage === policy.stages.length - 1)
    return tally.healthy + tally.failed === tally.judged ? { kind: 'done' } : { kind: 'wait' };
  if (stageFromMs !== null && nowMs < stageFromMs + policy.soakMs) return { kind: 'wait' };
  if (tally.healthy * 100 < tally.judged * policy.healthyPercent) return { kind: 'wait' };
  // A stage that would add nobody needs no watching.
  for (let next = stage + 1; next < policy.stages.length; next++) {
    const added = sizeOf(policy.stages[next] as Stage, tally.all) - tally.taken;
    if (added > 0) return { kind: 'widen', stage: next, more: added };
  }
  return tally.healthy + tally.failed === tally.judged ? { kind: 'done' } : { kind: 'wait' };
}

export function sizeOf(stage: Stage, all: number): number {
  return Math.min(all, 'count' in stage ? stage.count : Math.ceil((all * stage.percent) / 100));
}

/** Each stage is more than the one before wherever the two can be compared, and the last one is everybody. */
export function isLadder(stages: readonly Stage[]): boolean {
  const last = stages.at(-1);
  if (!last || !('percent' in last) || last.percent !== 100) return false;
  return stages.every((stage, at) => {
    const before = stages[at - 1];
    if (!before) return true;
    if ('count' in stage) return 'count' in before && stage.count > before.count;
    return 'count' in before || stage.percent > before.percent;
  });
}

export interface Candidate {
  readonly id: string;
  /** Of a hash of rollout and device: each rollout begins with others. */
  readonly rank: string;
  /** Was heard of within the last day. */
  readonly lively: boolean;
}

/** The first so many: a device that has been silent for months must not be the one that is waited for. */
export function chosen<C extends Candidate>(candidates: readonly C[], most: number): C[] {
  return [...candidates]
    .sort((a, b) => Number(b.lively) - Number(a.lively) || (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .slice(0, most);
}
