import type { DynamicSecurity } from './dynamic-security.js';

/** How an external broker learns who may do what; the embedded one is told directly. */
export interface ExternalAccess {
  /** Accounts on a Mosquitto that are kept up from here. */
  readonly accounts: DynamicSecurity | null;
  /** What a broker that asks over HTTP (EMQX, RabbitMQ) must show; null: nobody may ask. 43 letters of base64url. */
  readonly httpSecret: string | null;
}

export const NO_EXTERNAL_ACCESS: ExternalAccess = { accounts: null, httpSecret: null };
