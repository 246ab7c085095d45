import type { CoreState } from './state.js';

/** Everything that the plan, new or old, may still ask for. */
export function neededByPlan({ durable, readParts, starting }: CoreState): Set<string> {
  const needed = new Set(durable.head?.parts.map((part) => part.sha256));
  const plays = [...readParts.values()].flat();
  for (const part of Object.values(durable.parts)) {
    needed.add(part.sha256);
    plays.push(...part.plays.filter(({ play }) => !Object.hasOwn(durable.finals, play)));
  }
  for (const begun of [durable.current, starting, ...Object.values(durable.suspended)])
    if (begun) plays.push(begun.obliged.play);
  for (const { play } of Object.values(durable.summoned)) plays.push(play);
  const { update } = durable;
  if (update?.state === 'received' || update?.state === 'downloaded') needed.add(update.order.bundle.sha256);
  for (const play of plays) needed.add(play.audio.sha256);
  return needed;
}
