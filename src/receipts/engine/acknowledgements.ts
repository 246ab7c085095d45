/** What a device is told once the transaction is durable: it need not send these again. */
export interface Acknowledgement {
  readonly device: string;
  readonly boot: number;
  readonly first: number;
  readonly last: number;
  /** As many as the contract allows (`receiptAck`). */
  readonly quarantined: readonly number[];
}

const MOST_QUARANTINED = 200;

/**
 * Those of a device that follow on each other as one: signing and sending an answer costs more than entering a receipt
 * that came alone. In the order in which each begins.
 */
export function joined(acknowledgements: readonly Acknowledgement[]): Acknowledgement[] {
  const answers: Acknowledgement[] = [];
  const latest = new Map<string, number>();
  for (const next of acknowledgements) {
    const at = latest.get(next.device);
    const before = at === undefined ? undefined : answers[at];
    if (at !== undefined && before && follows(before, next))
      answers[at] = { ...before, last: next.last, quarantined: [...before.quarantined, ...next.quarantined] };
    else latest.set(next.device, answers.push(next) - 1);
  }
  return answers;
}

const follows = (before: Acknowledgement, next: Acknowledgement): boolean =>
  next.boot === before.boot &&
  next.first === before.last + 1 &&
  before.quarantined.length + next.quarantined.length <= MOST_QUARANTINED;
