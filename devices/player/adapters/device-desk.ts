import {
  type Crypto,
  challengeAnswer,
  enrolmentAnswer,
  fromBase64Url,
  keyChangeProofBytes,
  toBase64Url,
  toHex,
  tokenAnswer,
  tokenProofBytes,
} from '../../protocol/index.js';
import type { DeviceKey } from './crypto.js';
import { mayRepeat, postTo } from './device-api.js';
import { verifyAnswer } from './enrolment.js';
import type { Enrolled } from './identity-file.js';

/** The service heard the question and said no. */
export class Denied extends Error {}

/** A new token for the key that the service knows. Rejects with Denied, or with the network's error. */
export async function renewToken(enrolled: Enrolled, key: DeviceKey): Promise<Enrolled> {
  const { device } = enrolled.identity;
  const challenge = await challengeFor(enrolled);
  const proof = toBase64Url(key.sign(tokenProofBytes(device, challenge)));
  const answer = tokenAnswer.safeParse(await ask(enrolled.url, 'tokens', { v: 1, device, challenge, proof }));
  if (!answer.success || answer.data.device !== device) throw new Denied('tokens: the answer is malformed');
  const { token, mqttUrl } = answer.data;
  return { ...enrolled, token, mqttUrl };
}

/** Another key for the same device; both sign. It may be repeated with the same two keys: an answer may have been lost. */
export async function changeKey(
  enrolled: Enrolled,
  key: DeviceKey,
  next: DeviceKey,
  crypto: Crypto,
): Promise<Enrolled> {
  const { device } = enrolled.identity;
  const { publicKey } = next;
  const challenge = await challengeFor(enrolled);
  const bytes = keyChangeProofBytes(device, challenge, publicKey);
  const [proof, newProof] = [key, next].map((each) => toBase64Url(each.sign(bytes)));
  const body = await ask(enrolled.url, 'keys', { v: 1, device, challenge, proof, publicKey, newProof });
  const answer = enrolmentAnswer.safeParse(body);
  if (!answer.success || answer.data.device !== device) throw new Denied('keys: the answer is malformed');
  const pinned = toHex(crypto.sha256(fromBase64Url(enrolled.rootPublicKey)));
  const identity = verifyAnswer(answer.data, pinned, publicKey, crypto);
  const { token, mqttUrl, keySet } = answer.data;
  return { ...enrolled, token, mqttUrl, keySet, identity };
}

async function challengeFor({ url, identity: { device } }: Enrolled): Promise<string> {
  const answer = challengeAnswer.safeParse(await ask(url, 'challenges', { v: 1, device }));
  if (!answer.success) throw new Denied('challenges: the answer is malformed');
  return answer.data.challenge;
}

async function ask(url: string, name: string, question: object): Promise<unknown> {
  const { status, body } = await postTo(url, name, question);
  if (mayRepeat(status)) throw new Error(`${name}: HTTP ${status}`);
  if (status !== 200) throw new Denied(`${name}: HTTP ${status}`);
  return body;
}
