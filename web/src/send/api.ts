import { upload } from '../upload.js';
import { Wire } from '../wire.js';

/** The parts of the service's API that the page behind a sender's link reads. */
export const SENT_STATES = ['new', 'drafted', 'approved', 'declined'] as const;
export type SentState = (typeof SENT_STATES)[number];

export interface Sent {
  readonly id: string;
  readonly title: string;
  readonly receivedAtMs: number;
  readonly urgent: boolean;
  readonly files: number;
  readonly state: SentState;
  readonly reason: string | null;
}

export interface Sender {
  readonly senderName: string;
  readonly areaName: string;
  readonly validUntilMs: number;
  readonly mostPerDay: number;
  readonly leftToday: number;
  readonly longestText: number;
  readonly mostFiles: number;
  readonly mostFileBytes: number;
  readonly requests: readonly Sent[];
}

export interface Received extends Sent {
  readonly leftToday: number;
  readonly notes: readonly ('controlCharactersRemoved' | 'bidiRemoved' | 'emojiKept')[];
}

export interface Wish {
  readonly title: string;
  readonly text: string | null;
  readonly language: string;
  readonly thirdParty: string | null;
  readonly wanted: string | null;
  readonly urgent: boolean;
  /** Ids of files that were sent before. */
  readonly files: readonly string[];
}

/** Without an account: the token of the link is the key. */
export class SendApi extends Wire {
  readonly #path: string;

  constructor(language: string, token: string) {
    super(language);
    this.#path = `/api/public/requests/${encodeURIComponent(token)}`;
  }

  sender(): Promise<Sender> {
    return this.read(this.#path);
  }

  /** @param key the same one twice is one request */
  wish(wish: Wish, key: string): Promise<Received> {
    return this.sent(this.#path, wish, { 'x-request-key': key });
  }

  /** @returns the id to name in the request */
  async file(body: Blob, fileName: string, progress: (part: number) => void): Promise<string> {
    const headers = {
      'accept-language': this.language,
      'content-type': plainType(body.type),
      'x-file-name': encodeURIComponent(fileName),
    };
    const { id } = await upload<{ readonly id: string }>({ path: `${this.#path}/files`, body, headers, progress });
    return id;
  }
}

/** Without what follows the semicolon; the service looks at the bytes anyway. */
export const plainType = (type: string): string => type.split(';', 1)[0]?.trim() || 'application/octet-stream';
