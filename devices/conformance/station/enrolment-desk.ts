import {
  challengeRequest,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentRequest,
  fromBase64Url,
  type Identity,
  keyChange,
  keyChangeProofBytes,
  proofBytes,
  tokenProofBytes,
  tokenRequest,
} from '../../protocol/index.js';
import { type Answer, problem } from './doors.js';
import { SeenLog } from './heard-log.js';
import { type KeyBoard, letters, newKey, nodeCrypto } from './keys.js';

/** What is wrong with the answer to a claim; `lost`: the first one never arrives. */
export type Trick = 'otherRoot' | 'otherKeySet' | 'otherIdentity' | 'lost' | 'none';

export interface Asked {
  readonly device: string;
  /** Null: not an enrolment at all. */
  readonly request: EnrolmentRequest | null;
  readonly proofHolds: boolean;
  readonly status: number;
}

interface Claim {
  readonly device: string;
  readonly trick: Trick;
  publicKey: string | null;
  /** Before it changed its key. */
  formerKey: string | null;
  token: string;
  asked: number;
  challenge: string | null;
}

const claimProblem = (status: number, code: string): Answer => ({ status, body: problem(code, code) });

/** Gives out claims and answers them, truly or with a trick. Knows the tokens. */
export class EnrolmentDesk {
  readonly asked = new SeenLog<Asked>();
  /** Questions about tokens and keys whose proof did not hold, and how many held. */
  readonly proofs = { held: 0, failed: [] as string[] };
  /** Devices that got another token. */
  readonly renewed = new SeenLog<string>();
  readonly #claims = new Map<string, Claim>();
  readonly #forgotten = new Set<string>();

  constructor(
    private readonly keys: KeyBoard,
    private readonly identityOf: (device: string, publicKey: string) => Identity,
    private readonly mqttUrl: () => string,
    private readonly now: () => number,
  ) {}

  /** A one-time code. */
  open(device: string, trick: Trick): string {
    const code = letters(18);
    const token = letters(32);
    this.#claims.set(code, { device, trick, publicKey: null, formerKey: null, token, asked: 0, challenge: null });
    return code;
  }

  knows(device: string, token: string): boolean {
    return [...this.#claims.values()].some((claim) => claim.device === device && claim.token === token);
  }

  /** As a service does that lost what it knew: the device's next login is refused. @returns what takes it back */
  forgetToken(device: string): () => void {
    const claim = this.#of(device);
    if (!claim) return () => undefined;
    const { token } = claim;
    this.#forgotten.add(`${device}.${token}`);
    claim.token = letters(32);
    return () => {
      claim.token = token;
    };
  }

  /** Whether it is a token that was forgotten. */
  knew(device: string, token: string): boolean {
    return this.#forgotten.has(`${device}.${token}`);
  }

  publicKeyOf(device: string): string {
    return this.#of(device)?.publicKey ?? '';
  }

  post(name: string, body: unknown): Answer {
    switch (name) {
      case 'enrolments':
        return this.#enrol(body);
      case 'challenges':
        return this.#challenge(body);
      case 'tokens':
        return this.#renew(body);
      case 'keys':
        return this.#changeKey(body);
      default:
        return { status: 404, body: problem('http.notFound', 'There is nothing here') };
    }
  }

  #of(device: string): Claim | undefined {
    return [...this.#claims.values()].find((claim) => claim.device === device);
  }

  #enrol(body: unknown): Answer {
    const parsed = enrolmentRequest.safeParse(body);
    if (!parsed.success) {
      this.asked.add({ device: '', request: null, proofHolds: false, status: 422 });
      return { status: 422, body: problem('request.invalid', parsed.error.message) };
    }
    const request = parsed.data;
    const claim = this.#claims.get(request.code);
    const proofHolds = holds(request.publicKey, proofBytes(request.code, request.publicKey), request.proof);
    const answer = this.#judge(request, claim, proofHolds);
    const status = answer === 'drop' ? 0 : answer.status;
    this.asked.add({ device: claim?.device ?? '', request, proofHolds, status });
    return answer;
  }

  #judge(request: EnrolmentRequest, claim: Claim | undefined, proofHolds: boolean): Answer {
    if (!claim) return claimProblem(403, 'claim.unknown');
    if (!proofHolds) return claimProblem(403, 'claim.proofWrong');
    if (claim.publicKey && claim.publicKey !== request.publicKey) return claimProblem(409, 'claim.used');
    claim.publicKey = request.publicKey;
    claim.asked += 1;
    if (claim.trick === 'lost' && claim.asked === 1) return 'drop';
    return { status: 201, body: this.#answer(claim, request.publicKey) };
  }

  #answer({ device, token, trick }: Claim, publicKey: string): EnrolmentAnswer {
    const impostor = newKey();
    const root = trick === 'otherRoot' ? impostor : this.keys.root;
    const signer = trick === 'otherRoot' || trick === 'otherKeySet' ? impostor : this.keys.root;
    const owner = trick === 'otherIdentity' ? impostor.publicKey : publicKey;
    return {
      v: 1,
      device,
      token,
      mqttUrl: this.mqttUrl(),
      rootPublicKey: root.publicKey,
      keySet: this.keys.signed(this.keys.version, [], signer),
      identity: this.keys.sign('vang-identity', this.identityOf(device, owner)),
      serverMs: this.now(),
    };
  }

  #challenge(body: unknown): Answer {
    const parsed = challengeRequest.safeParse(body);
    const claim = parsed.success ? this.#of(parsed.data.device) : undefined;
    if (!claim) return claimProblem(404, 'device.unknown');
    claim.challenge = letters(24);
    return { status: 200, body: { v: 1, challenge: claim.challenge } };
  }

  #renew(body: unknown): Answer {
    const parsed = tokenRequest.safeParse(body);
    const claim = parsed.success ? this.#of(parsed.data.device) : undefined;
    if (!parsed.success || !claim?.publicKey) return claimProblem(422, 'request.invalid');
    const { device, challenge, proof } = parsed.data;
    const proven = challenge === claim.challenge && holds(claim.publicKey, tokenProofBytes(device, challenge), proof);
    if (!this.#proven(proven, 'a new token')) return claimProblem(403, 'proof.wrong');
    claim.challenge = null;
    claim.token = letters(32);
    this.renewed.add(device);
    return { status: 200, body: { v: 1, device, token: claim.token, mqttUrl: this.mqttUrl(), serverMs: this.now() } };
  }

  #changeKey(body: unknown): Answer {
    const parsed = keyChange.safeParse(body);
    const claim = parsed.success ? this.#of(parsed.data.device) : undefined;
    if (!parsed.success || !claim?.publicKey) return claimProblem(422, 'request.invalid');
    const { device, challenge, proof, newProof, publicKey } = parsed.data;
    const bytes = keyChangeProofBytes(device, challenge, publicKey);
    // The same change again: its answer was lost.
    const former = publicKey === claim.publicKey ? claim.formerKey : claim.publicKey;
    const proven =
      challenge === claim.challenge &&
      former !== null &&
      holds(former, bytes, proof) &&
      holds(publicKey, bytes, newProof);
    if (!this.#proven(proven, 'another key')) return claimProblem(403, 'proof.wrong');
    claim.challenge = null;
    claim.formerKey = former;
    claim.publicKey = publicKey;
    claim.token = letters(32);
    return { status: 200, body: this.#answer({ ...claim, trick: 'none' }, publicKey) };
  }

  #proven(proven: boolean, what: string): boolean {
    if (proven) this.proofs.held += 1;
    else this.proofs.failed.push(what);
    return proven;
  }
}

function holds(publicKey: string, bytes: Uint8Array, signature: string): boolean {
  try {
    return nodeCrypto.verifyEd25519(fromBase64Url(publicKey), bytes, fromBase64Url(signature));
  } catch {
    return false;
  }
}
