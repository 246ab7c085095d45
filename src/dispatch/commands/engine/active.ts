/** The contract's most in one list (`activeList`). */
const MOST = 16;
/** Of the commands together: the list is a JWS again (a third longer), and no packet over `TOPIC_RULES['area.active'].maxBytes`. */
const MOST_BYTES = 180_000;

export interface InForce {
  readonly id: string;
  /** JWS. */
  readonly signed: string;
  readonly activeUntilMs: number;
}

/**
 * What the list of an area says: the newest, as far as there is room, in the order in which they were given.
 * @param commands in force, in that order
 */
export function listOf(commands: readonly InForce[]): readonly InForce[] {
  const chosen: InForce[] = [];
  let bytes = 0;
  for (const command of [...commands].reverse()) {
    bytes += command.signed.length;
    if (chosen.length === MOST || bytes > MOST_BYTES) break;
    chosen.unshift(command);
  }
  return chosen;
}
