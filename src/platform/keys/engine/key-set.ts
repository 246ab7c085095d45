import type { KeySet } from '../../../../devices/protocol/index.js';

export type SigningRow = KeySet['keys'][number];

const MOST_KEYS = 32;

/** What a person who rotates keys must correct first. */
export class KeySetProblem extends Error {}

/**
 * With which of the held keys to sign now: one for every area before one for some, then the one that is valid since the latest
 * moment; null: with none.
 */
export function signerAt(rows: readonly SigningRow[], held: ReadonlySet<string>, nowMs: number): SigningRow | null {
  const able = rows.filter(({ kid, from, until }) => held.has(kid) && from <= nowMs && nowMs <= until);
  const whole = able.filter(isWhole);
  const best = (whole.length > 0 ? whole : able).toSorted((a, b) => a.from - b.from);
  return best.at(-1) ?? null;
}

export function withKey(set: KeySet, row: SigningRow, nowMs: number): KeySet {
  if (set.keys.some(({ kid }) => kid === row.kid)) throw new KeySetProblem(`${row.kid} is in the set already`);
  if (row.from >= row.until) throw new KeySetProblem('the key would end before it begins');
  if (row.until <= nowMs) throw new KeySetProblem('the key would be over already');
  return next(set, [...set.keys, row], nowMs);
}

/** Its validity ends then; until then devices obey both. */
export function withEnd(set: KeySet, kid: string, atMs: number, nowMs: number): KeySet {
  const row = demand(set, kid);
  if (atMs <= nowMs) throw new KeySetProblem('that moment is past: to end a key at once, revoke it');
  if (atMs >= row.until) throw new KeySetProblem(`${kid} ends before that moment by itself`);
  return next(
    set,
    set.keys.map((each) => (each.kid === kid ? { ...each, until: atMs } : each)),
    nowMs,
  );
}

/** Devices that have the new set refuse whatever it signed, before and after. */
export function without(set: KeySet, kid: string, nowMs: number): KeySet {
  demand(set, kid);
  return next(
    set,
    set.keys.filter((each) => each.kid !== kid),
    nowMs,
  );
}

/** By its first letters, as `show` prints them. */
export function kidOf(set: KeySet, letters: string): string {
  const fitting = set.keys.filter(({ kid }) => kid.startsWith(letters));
  const [only] = fitting;
  if (!only || fitting.length > 1)
    throw new KeySetProblem(`${letters || 'a key'}: ${only ? 'several keys begin so' : 'no key of the set begins so'}`);
  return only.kid;
}

/** A service that could sign nothing for all of its devices would silence them. */
export function demandSigner(set: KeySet, held: ReadonlySet<string>, nowMs: number): void {
  const signer = signerAt(set.keys, held, nowMs);
  if (!signer || !isWhole(signer))
    throw new KeySetProblem('no key of this folder would sign for every area (*) now: add one first');
}

function demand(set: KeySet, kid: string): SigningRow {
  const row = set.keys.find((each) => each.kid === kid);
  if (!row) throw new KeySetProblem(`${kid} is not in the set`);
  return row;
}

/** What is over leaves: a device without the time would believe it still. */
function next({ version }: KeySet, rows: readonly SigningRow[], nowMs: number): KeySet {
  const keys = rows.filter(({ until }) => until > nowMs);
  if (keys.length === 0) throw new KeySetProblem('the set would be empty: add a key first');
  if (keys.length > MOST_KEYS) throw new KeySetProblem(`a set holds ${MOST_KEYS} keys: revoke one first`);
  return { v: 1, version: version + 1, keys };
}

const isWhole = ({ scope }: SigningRow): boolean => scope.includes('*');
