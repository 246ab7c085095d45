import { createHmac, timingSafeEqual } from 'node:crypto';

/** Long enough for a slow line, too short to be kept. */
export const CHALLENGE_MS = 5 * 60_000;

/** For whom a challenge is: it ends with the token that the device has when it is made. */
export interface Challenged {
  readonly device: string;
  readonly tokenSha256: string;
}

/** Letters that only this service makes, and that it need not remember: when they end, and a code over that and over whom they are for. */
export function challengeFor(secret: Buffer, whom: Challenged, nowMs: number): string {
  const until = (nowMs + CHALLENGE_MS).toString(36);
  return `${until}.${codeOf(secret, whom, until)}`;
}

export function isChallengeOf(secret: Buffer, whom: Challenged, challenge: string, nowMs: number): boolean {
  const [until = '', code = ''] = challenge.split('.');
  const right = Buffer.from(codeOf(secret, whom, until));
  const given = Buffer.from(code);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
  const untilMs = Number.parseInt(until, 36);
  return untilMs > nowMs && untilMs <= nowMs + CHALLENGE_MS;
}

const codeOf = (secret: Buffer, { device, tokenSha256 }: Challenged, until: string): string =>
  createHmac('sha256', secret).update(`vang-challenge\n${device}\n${tokenSha256}\n${until}`).digest('base64url');
