import type { Durable, ObligedPlay } from './state.js';

interface Remembered {
  readonly parts: Durable['parts'];
  readonly summoned: Durable['summoned'];
  readonly sinceMs: number;
  readonly owed: readonly ObligedPlay[];
}

/** Asked several times in every step, changed by few: the answer for the same plan and finals is kept. */
const remembered = new WeakMap<Durable['finals'], Remembered>();

/** Plays of the plan, or told by a command ahead of it, without a final receipt, by planned start. A plan that names a play twice still owes one receipt. */
export function owedPlays(durable: Durable): readonly ObligedPlay[] {
  const { parts, summoned, finals } = durable;
  const sinceMs = durable.head?.sinceMs ?? 0;
  const held = remembered.get(finals);
  if (held && held.parts === parts && held.summoned === summoned && held.sinceMs === sinceMs) return held.owed;
  const byPlay = new Map<string, ObligedPlay>();
  for (const [day, part] of Object.entries(parts))
    for (const play of part.plays)
      if (play.startMs >= sinceMs && !Object.hasOwn(finals, play.play) && !byPlay.has(play.play))
        byPlay.set(play.play, { play, day, version: part.version });
  for (const [name, obliged] of Object.entries(summoned)) if (!byPlay.has(name)) byPlay.set(name, obliged);
  const owed = [...byPlay.values()].sort((a, b) => a.play.startMs - b.play.startMs);
  remembered.set(finals, { parts, summoned, sinceMs, owed });
  return owed;
}
