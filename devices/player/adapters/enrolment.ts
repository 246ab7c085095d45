import {
  type Claim,
  type Crypto,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentAnswer,
  fromBase64Url,
  type Identity,
  identity,
  openJws,
  openKeySet,
  proofBytes,
  toBase64Url,
  toHex,
} from '../../protocol/index.js';
import type { Log } from '../logger.js';
import type { DeviceKey } from './crypto.js';
import { mayRepeat, postTo } from './device-api.js';
import type { Enrolled } from './identity-file.js';

/** Enrolment that cannot succeed by trying again: a person has to act. The message is Vietnamese, then English. */
export class EnrolmentRefused extends Error {}

/** Nothing is wrong: it is to be asked again later. */
export class EnrolmentTooEarly extends Error {}

export interface EnrolmentAsk {
  readonly claim: Claim;
  readonly key: DeviceKey;
  readonly model: string;
  readonly serial: string;
  readonly simulated: boolean;
}

/** How often a box asks that waits for its technician (docs/protocol). */
const ASK_AGAIN_MS = 60_000;

export interface Patience {
  readonly log: Log;
  /** Resolves after so many milliseconds; rejects once `stop` is aborted. */
  readonly pause: (ms: number, stop: AbortSignal) => Promise<unknown>;
  readonly stop: AbortSignal;
}

/**
 * Enrols, for however long the box waits to be installed: it asks each minute, and a network that fails meanwhile is waited for as
 * well. Rejects like `enrol`, and when it is stopped.
 */
export async function enrolOnceInstalled(ask: EnrolmentAsk, crypto: Crypto, patience: Patience): Promise<Enrolled> {
  const { log, pause, stop } = patience;
  for (let waits = false; ; ) {
    try {
      return await enrol(ask, crypto, stop);
    } catch (error) {
      waits ||= error instanceof EnrolmentTooEarly;
      if (!waits || stop.aborted || error instanceof EnrolmentRefused) throw error;
      log.info('waiting', { for: (error as Error).message, againInS: ASK_AGAIN_MS / 1_000 });
    }
    await pause(ASK_AGAIN_MS, stop);
  }
}

/**
 * Rejects with EnrolmentRefused, with EnrolmentTooEarly, or with the network's error when trying again may help. Repeating it with
 * the same key is safe.
 */
export async function enrol(ask: EnrolmentAsk, crypto: Crypto, stop?: AbortSignal): Promise<Enrolled> {
  const { claim, key } = ask;
  const request: EnrolmentRequest = {
    v: 1,
    code: claim.code,
    publicKey: key.publicKey,
    model: ask.model,
    serial: ask.serial,
    simulated: ask.simulated,
    proof: toBase64Url(key.sign(proofBytes(claim.code, key.publicKey))),
  };
  const { status, body } = await postTo(claim.url, 'enrolments', request, stop);
  if (status === 425)
    throw new EnrolmentTooEarly(
      'Bộ điều khiển chờ kỹ thuật viên lắp đặt và bàn giao trên hệ thống. / The box waits for its technician to install it and hand it over.',
    );
  if (status === 429)
    throw new EnrolmentTooEarly('Máy chủ yêu cầu hỏi thưa hơn. / The service asks to be asked less often.');
  if (mayRepeat(status)) throw new Error(`enrolment: HTTP ${status}`);
  if (status !== 201)
    throw new EnrolmentRefused(
      `Máy chủ từ chối đăng ký thiết bị (${status}): ${titleOf(body)}. Kiểm tra mã QR còn hạn và chưa dùng. / The service refused the enrolment; check that the claim is unused and has not expired.`,
    );
  const parsed = enrolmentAnswer.safeParse(body);
  if (!parsed.success) throw impostor('câu trả lời không đúng khuôn', 'the answer is malformed');
  const answer = parsed.data;
  return {
    v: 1,
    url: claim.url,
    simulated: ask.simulated,
    token: answer.token,
    mqttUrl: answer.mqttUrl,
    rootPublicKey: answer.rootPublicKey,
    keySet: answer.keySet,
    identity: verifyAnswer(answer, claim.root, key.publicKey, crypto),
  };
}

/** Trust begins with the pinned fingerprint (hex) and goes root key → key set → identity; each link is checked. */
export function verifyAnswer(answer: EnrolmentAnswer, pinned: string, publicKey: string, crypto: Crypto): Identity {
  const root = fromBase64Url(answer.rootPublicKey);
  if (toHex(crypto.sha256(root)) !== pinned)
    throw impostor('khóa gốc khác với mã QR', 'the root key is not the one in the claim');
  const keys = openKeySet(answer.keySet, root, crypto);
  if (!keys.ok) throw impostor('bộ khóa không do khóa gốc ký', `key set: ${keys.problem}`);
  const opened = openJws(answer.identity, 'vang-identity', crypto, (kid) => {
    const key = keys.keys.keys.find((candidate) => candidate.kid === kid && candidate.scope.includes('*'));
    const valid = key && key.from <= answer.serverMs && answer.serverMs <= key.until;
    return valid ? fromBase64Url(key.publicKey) : undefined;
  });
  if (!opened.ok) throw impostor('giấy định danh không hợp lệ', `identity: ${opened.problem}`);
  const parsed = identity.safeParse(opened.payload);
  if (!parsed.success || parsed.data.publicKey !== publicKey || parsed.data.device !== answer.device)
    throw impostor('giấy định danh của thiết bị khác', 'the identity is for another device');
  return parsed.data;
}

function impostor(vietnamese: string, english: string): EnrolmentRefused {
  return new EnrolmentRefused(
    `Không tin được máy chủ này: ${vietnamese}. Thiết bị không được đăng ký; xin mã QR mới. / This service cannot be trusted: ${english}.`,
  );
}

function titleOf(problem: unknown): string {
  const title = typeof problem === 'object' && problem !== null && 'title' in problem ? problem.title : undefined;
  return typeof title === 'string' ? title.slice(0, 200) : '?';
}
