import { Wire } from '../wire.js';

/** The parts of the service's API that the page for approvers reads. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** What an approver read and heard; anything else has changed meanwhile. */
export interface Hashes {
  readonly textSha256: string | null;
  readonly audioSha256: string | null;
  readonly contentSha256: string | null;
}

export interface Waiting extends Hashes {
  readonly itemId: string;
  readonly version: number;
  readonly kind: string;
  readonly title: string;
  readonly status: 'pending' | 'provisional';
  readonly author: Person;
  readonly correctedBy: Person | null;
  readonly submittedBy: Person | null;
  readonly submittedAtMs: number | null;
  readonly airedByName: string | null;
  readonly dueAtMs: number | null;
  readonly requestId: string | null;
  readonly thirdParty: 'enrolment' | 'recruitment' | 'charity' | null;
  readonly audioState: AudioState;
  readonly audioDurationMs: number | null;
  readonly mustBeHeard: boolean;
  readonly onBehalfOf: Person | null;
}

export type AudioState = 'none' | 'rendering' | 'ready' | 'failed';
export type Verdict = 'tooQuiet' | 'clipped' | 'noisy';

export interface Sentence {
  readonly said: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Audio {
  readonly state: AudioState;
  readonly problem: { readonly vi: string; readonly en: string } | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly sound: { readonly trimmedStartMs: number; readonly verdict: readonly Verdict[] } | null;
  readonly spoken: readonly Sentence[] | null;
  readonly peaks: readonly number[] | null;
  readonly uploaded: boolean;
}

export interface Version {
  readonly n: number;
  readonly text: string | null;
  readonly textSha256: string | null;
  readonly contentSha256: string | null;
  readonly metadata: {
    readonly title: string;
    readonly sourceOffice: string;
    readonly sponsor: string;
    readonly thirdParty: Waiting['thirdParty'];
  };
  readonly content: { readonly kind: string; readonly streamUrl?: string; readonly fileName?: string } | null;
  readonly author: Person;
  readonly correctedBy: Person | null;
  readonly speakerName: string | null;
  readonly status: string;
  readonly statusReason: string | null;
  readonly submittedBy: Person | null;
  readonly submittedAtMs: number | null;
  readonly approver: Person | null;
  readonly decidedAtMs: number | null;
  readonly airedByName: string | null;
  readonly reviewDueAtMs: number | null;
  readonly audio: Audio;
}

export interface Item {
  readonly id: string;
  readonly kind: string;
  readonly language: string;
  readonly requestId: string | null;
  readonly currentVersion: number;
  readonly versions: readonly Version[];
}

export interface Checklist {
  readonly senderVerified: boolean;
  readonly noAdvertising: boolean;
  readonly categoryRight: boolean;
}

export interface Approval extends Hashes {
  readonly version: number;
  readonly checklist: Checklist | null;
}

export interface SessionLine {
  readonly itemId: string;
  readonly ok: boolean;
  readonly problem?: { readonly vi: string; readonly en: string };
}

export interface Notice {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly link: string;
  readonly open: boolean;
  readonly createdAtMs: number;
  readonly seenAtMs: number | null;
  readonly dueAtMs: number | null;
}

export class ApproveApi extends Wire {
  waiting(): Promise<readonly Waiting[]> {
    return this.read('/api/approvals');
  }

  item(id: string): Promise<Item> {
    return this.read(pathOf(id));
  }

  approve(id: string, approval: Approval): Promise<Item> {
    return this.sent(`${pathOf(id)}/approve`, approval);
  }

  /** One line an approval, in the order sent. */
  approveAll(approvals: readonly (Approval & { readonly itemId: string })[]): Promise<readonly SessionLine[]> {
    return this.sent('/api/approvals', { approvals });
  }

  reject(id: string, how: 'return' | 'refuse', reason: string, version: number): Promise<Item> {
    return this.sent(`${pathOf(id)}/${how}`, { reason, version });
  }

  correct(id: string, text: string, version: number, textSha256: string): Promise<Item> {
    return this.sent(`${pathOf(id)}/correct`, { text, version, textSha256 });
  }

  heard(id: string, version: number, audioSha256: string): Promise<Item> {
    return this.sent(`${pathOf(id)}/heard`, { version, audioSha256 });
  }

  audioAddress(id: string, version: number, format: 'opus' | 'mp3'): string {
    return `${pathOf(id)}/audio?version=${version}&format=${format}`;
  }

  /** A picture or a video. */
  mediaAddress(id: string, version: number): string {
    return `${pathOf(id)}/media?version=${version}`;
  }

  notices(): Promise<{ readonly notices: readonly Notice[] }> {
    return this.read('/api/notices?limit=30');
  }

  async unseen(): Promise<number> {
    return (await this.read<{ readonly unseen: number }>('/api/notices/count')).unseen;
  }

  async seen(noticeId: string): Promise<void> {
    await this.send(`/api/notices/${encodeURIComponent(noticeId)}/seen`, {});
  }

  async pushKey(): Promise<string> {
    return (await this.read<{ readonly key: string }>('/api/push-key')).key;
  }

  subscribe(subscription: PushSubscriptionJSON): Promise<{ readonly id: string }> {
    return this.sent('/api/push-subscriptions', subscription);
  }

  async unsubscribe(id: string): Promise<void> {
    await this.request(`/api/push-subscriptions/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }
}

const pathOf = (id: string): string => `/api/items/${encodeURIComponent(id)}`;
