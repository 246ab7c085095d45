import type { Clause } from './clause.js';
import { ASSETS } from './clauses/assets.js';
import { COMMANDS } from './clauses/commands.js';
import { CONNECTION } from './clauses/connection.js';
import { ENROLMENT } from './clauses/enrolment.js';
import { CONNECTS, ENROLS, HOLDS_PLAN, KNOWS_TIME } from './clauses/first.js';
import { KEYS } from './clauses/keys.js';
import { OPENING, TIME } from './clauses/opening.js';
import { OTHERS } from './clauses/others.js';
import { PLAN } from './clauses/plan.js';
import { PLAY } from './clauses/play.js';
import { POWER } from './clauses/power.js';
import { PREEMPTION } from './clauses/preemption.js';
import { RECEIPTS } from './clauses/receipts.js';

/** Tried always, and before all others. */
export const ESSENTIAL: readonly Clause[] = [ENROLS, CONNECTS, KNOWS_TIME, HOLDS_PLAN];

export const CLAUSES: readonly Clause[] = [
  ...ESSENTIAL,
  ...ENROLMENT,
  ...CONNECTION,
  ...OPENING,
  ...TIME,
  ...KEYS,
  ...PLAN,
  ...ASSETS,
  ...PLAY,
  ...PREEMPTION,
  ...COMMANDS,
  ...RECEIPTS,
  ...POWER,
  ...OTHERS,
];

/** The clauses of these names: ids, or the part of an id before the point. Undefined: one of them is none. */
export function clausesNamed(names: readonly string[]): readonly Clause[] | undefined {
  const named = (name: string) => CLAUSES.filter(({ id }) => id === name || id.startsWith(`${name}.`));
  if (names.some((name) => named(name).length === 0)) return undefined;
  const chosen = new Set(names.flatMap(named));
  return CLAUSES.filter((clause) => chosen.has(clause));
}
