export type { Obstacle } from './ability.js';
export { Board, type BoardSettings } from './board.js';
export { type Clash, type ClashDecision, clashKey } from './clash.js';
export { placedStartsOf } from './placed-starts.js';
export { MOST_PLAYS_A_DAY, type Plan } from './plan.js';
export { GAP_REASONS, type Gap, type GapReason, type Overlap, type Remark, type Slice } from './timeline.types.js';
export { type Shared, type Together, together } from './together.js';
