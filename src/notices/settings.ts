import type { Resolve } from './push/push.address.js';

export interface NoticeSettings {
  /** Null: no e-mail is sent. */
  readonly mail: {
    readonly smtpUrl: string;
    readonly from: { readonly name: string; readonly address: string };
  } | null;
  /** For closed networks with a push server of their own, and for specs. */
  readonly pushToPrivateEndpoints: boolean;
  /** How names become addresses. Default: as the operating system does. */
  readonly resolve?: Resolve;
}

export const NOTICE_SETTINGS = Symbol('NoticeSettings');

/** What holds when nobody gives settings: the inbox and Web Push, no e-mail. */
export const PLAIN_SETTINGS: NoticeSettings = { mail: null, pushToPrivateEndpoints: false };

/** Either of the two, inside this room. */
export const SETTINGS_IN_USE = Symbol('NoticeSettings in use');
