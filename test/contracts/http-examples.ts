import type { z } from 'zod';
import { ROOT, testKey } from '../../devices/player/testing/keys.js';
import * as protocol from '../../devices/protocol/index.js';
import { PARTS } from './vectors.js';

const { device, DEVICE, CLAIM, CHALLENGE, NOW, play, said } = PARTS;
const next = testKey('next');
const signedBy = (key: typeof device, bytes: Uint8Array) => protocol.toBase64Url(key.sign(bytes));
/** 32 times the byte 0. */
const TOKEN = 'A'.repeat(43);
const token = { device: DEVICE, token: TOKEN, mqttUrl: 'wss://vang.example.vn/mqtt', serverMs: NOW };
const keyChange = protocol.keyChangeProofBytes(DEVICE, CHALLENGE, next.publicKey);

/** Bodies over HTTP, with the keys of the vectors. */
export const EXAMPLES = {
  play,
  enrolmentRequest: {
    v: 1,
    code: CLAIM.code,
    publicKey: device.publicKey,
    model: 'acme-7',
    serial: 'SN-000123',
    simulated: false,
    proof: signedBy(device, protocol.proofBytes(CLAIM.code, device.publicKey)),
  } satisfies protocol.EnrolmentRequest,
  enrolmentAnswer: {
    v: 1,
    ...token,
    rootPublicKey: ROOT.publicKey,
    keySet: said.keys,
    identity: said['down.identity'],
  } satisfies protocol.EnrolmentAnswer,
  challengeRequest: { v: 1, device: DEVICE } satisfies z.infer<typeof protocol.challengeRequest>,
  challengeAnswer: { v: 1, challenge: CHALLENGE } satisfies z.infer<typeof protocol.challengeAnswer>,
  tokenRequest: {
    v: 1,
    device: DEVICE,
    challenge: CHALLENGE,
    proof: signedBy(device, protocol.tokenProofBytes(DEVICE, CHALLENGE)),
  } satisfies protocol.TokenRequest,
  tokenAnswer: { v: 1, ...token } satisfies z.infer<typeof protocol.tokenAnswer>,
  keyChange: {
    v: 1,
    device: DEVICE,
    challenge: CHALLENGE,
    publicKey: next.publicKey,
    proof: signedBy(device, keyChange),
    newProof: signedBy(next, keyChange),
  } satisfies protocol.KeyChange,
  pulledPlan: { keySet: said.keys, head: said['down.plan'] },
} as const;
