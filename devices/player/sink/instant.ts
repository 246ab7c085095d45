/** A timer may ring so late; the rest of the way is waited awake, in turns of the event loop. */
const TIMER_MS = 2;

/**
 * Runs `ring` at a monotonic instant, within a fraction of a millisecond on a machine that has time; at once if it is past.
 * @returns calls it off
 */
export function atInstant(now: () => number, instantMs: number, ring: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let over = false;
  const wait = () => {
    if (over) return;
    const leftMs = instantMs - now();
    if (leftMs <= 0) ring();
    else if (leftMs > TIMER_MS) timer = setTimeout(wait, leftMs - TIMER_MS);
    else setImmediate(wait);
  };
  wait();
  return () => {
    over = true;
    if (timer) clearTimeout(timer);
  };
}
