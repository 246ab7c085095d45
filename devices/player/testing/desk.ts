import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fromBase64Url,
  type Identity,
  keyChange,
  keyChangeProofBytes,
  signJws,
  tokenProofBytes,
  tokenRequest,
} from '../../protocol/index.js';
import { crypto, ROOT, SERVICE, signedKeySet } from './keys.js';

/** The service's side of tokens and keys, as docs/protocol says it, for one device. */
export class Desk {
  readonly asked: string[] = [];
  token = newToken();
  publicKey: string;
  #formerKey: string | null = null;
  #challenge = '';
  /** The next so many questions of these are carried out, and nobody hears the answer. */
  loses = 0;
  /** Every question is refused. */
  closed = false;
  signer = SERVICE;
  readonly #server: Server;

  constructor(private readonly identity: Identity) {
    this.publicKey = identity.publicKey;
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      request.on('end', () => {
        const name = request.url?.split('/').at(-1) ?? '';
        const answer = this.closed ? null : this.#answer(name, JSON.parse(text));
        this.asked.push(name);
        if (name !== 'challenges' && this.loses-- > 0) return void response.destroy();
        response.writeHead(answer ? 200 : 403).end(JSON.stringify(answer ?? { title: 'không' }));
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<void> {
    await new Promise<void>((open) => this.#server.listen(0, '127.0.0.1', open));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #answer(name: string, body: unknown): object | null {
    const { device } = this.identity;
    if (name === 'challenges') {
      this.#challenge = randomBytes(18).toString('base64url');
      return { v: 1, device, challenge: this.#challenge };
    }
    const granted = { v: 1, device, mqttUrl: 'mqtt://127.0.0.1:1', serverMs: 1 };
    if (name === 'tokens') {
      const { challenge, proof } = tokenRequest.parse(body);
      if (!this.#holds(this.publicKey, tokenProofBytes(device, challenge), challenge, proof)) return null;
      this.token = newToken();
      return { ...granted, token: this.token };
    }
    const { challenge, proof, publicKey, newProof } = keyChange.parse(body);
    const bytes = keyChangeProofBytes(device, challenge, publicKey);
    const former = publicKey === this.publicKey ? this.#formerKey : this.publicKey;
    if (!former || !this.#holds(former, bytes, challenge, proof)) return null;
    if (!this.#holds(publicKey, bytes, challenge, newProof)) return null;
    this.#formerKey = former;
    this.publicKey = publicKey;
    this.token = newToken();
    const identity = signJws('vang-identity', { ...this.identity, publicKey }, this.signer);
    return { ...granted, token: this.token, rootPublicKey: ROOT.publicKey, keySet: signedKeySet(1), identity };
  }

  #holds(publicKey: string, bytes: Uint8Array, challenge: string, signature: string): boolean {
    return (
      challenge === this.#challenge && crypto.verifyEd25519(fromBase64Url(publicKey), bytes, fromBase64Url(signature))
    );
  }
}

const newToken = (): string => randomBytes(32).toString('base64url');
