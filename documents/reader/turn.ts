/** Two readers at a time: each may take the whole memory limit. */
const MAX_READERS = 2;

let reading = 0;
const waiting: (() => void)[] = [];

/** Waits until a reader may start; the returned function makes room for the next. Waiting ends with the signal's reason. */
export async function turn(signal: AbortSignal | undefined): Promise<() => void> {
  signal?.throwIfAborted();
  if (reading >= MAX_READERS) {
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(start);
    });
  } else {
    reading += 1;
  }
  let left = false;
  return () => {
    if (left) return;
    left = true;
    // The place goes to the next one waiting, so the count stays.
    const next = waiting.shift();
    if (next === undefined) reading -= 1;
    else next();
  };
}
