/** Lets through what comes at least `pauseMs` after the last that it let through. @param nowMs of a clock that never runs backwards */
export function throttled<Args extends readonly unknown[]>(
  pauseMs: number,
  nowMs: () => number,
  call: (...args: Args) => void,
): (...args: Args) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (...args) => {
    if (nowMs() - lastMs < pauseMs) return;
    lastMs = nowMs();
    call(...args);
  };
}
