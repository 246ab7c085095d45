import type { Database } from '../../src/platform/database/index.js';
import { type Log, silentLog } from '../../src/platform/logging/index.js';
import { type HearingView, hearingView } from '../../src/receipts/confirmations/hearing.api.js';
import { type IssuedConfirmationLink, issuedConfirmationLink } from '../../src/receipts/confirmations/link.api.js';
import type { PlayOutcome } from '../../src/receipts/receipt.entity.js';
import type { PoleDevice } from './pole-device.js';
import { type Answer, type Login, RequestRoom, tokenOf } from './request-room.js';
import { shelve } from './shelf.js';
import type { Station } from './station.js';
import { came, told } from './told.js';

export type Head = IssuedConfirmationLink & { readonly token: string };

/** A commune whose hamlet heads have a page each, behind a listening socket. */
export class HearingRoom {
  readonly #devices = new Map<string, PoleDevice>();

  private constructor(readonly room: RequestRoom) {}

  static async open(database: Database, log: Log = silentLog): Promise<HearingRoom> {
    return new HearingRoom(await RequestRoom.open(database, log));
  }

  get station(): Station {
    return this.room.station;
  }

  /** Plays of one minute that the cluster is told, by name, `everyMs` apart from `startMs` on. */
  async told(
    cluster: string,
    plays: readonly string[],
    { startMs, everyMs = 60_000, ...more }: { startMs: number; everyMs?: number; itemId?: string; durationMs?: number },
  ): Promise<void> {
    const device = await this.device(cluster);
    for (const [at, play] of plays.entries())
      await told(this.station, device, [play], { cluster, startMs: startMs + at * everyMs, ...more });
  }

  async device(cluster: string): Promise<PoleDevice> {
    const known = this.#devices.get(cluster) ?? (await this.station.enrol(cluster, { offline: true }));
    this.#devices.set(cluster, known);
    return known;
  }

  /** What came of a play, as the intake of receipts writes it. */
  async came(cluster: string, play: string, changes: Partial<PlayOutcome> = {}): Promise<void> {
    await came(this.station, (await this.device(cluster)).id, play, changes);
  }

  async bulletin(title: string): Promise<string> {
    return (await shelve(this.station, { area: 'ak', title })).id;
  }

  async hamlet(code: string): Promise<string> {
    return (await this.station.area(code)).id;
  }

  /** The page of the head of a hamlet, who gets a new one if there is none that holds. */
  async head(hamlet: string, headName = 'Ông Điểu K’Rê', login: Login = 'hoa'): Promise<Head> {
    const sent = { hamletId: await this.hamlet(hamlet), headName };
    const issued = issuedConfirmationLink.parse((await this.room.as(login, 'POST', LINKS, sent)).body);
    return { ...issued, token: tokenOf(issued.address) };
  }

  async revoke({ id }: Head): Promise<void> {
    await this.room.as('hoa', 'DELETE', `${LINKS}/${id}`);
  }

  async page(token: string): Promise<HearingView> {
    return hearingView.parse((await this.room.ask('GET', `/api/public/hearings/${token}`)).body);
  }

  answer(token: string, session: string, sent: unknown): Promise<Answer> {
    return this.room.ask('POST', `/api/public/hearings/${token}/sessions/${session}`, { sent });
  }

  close(): Promise<void> {
    return this.room.close();
  }
}

const LINKS = '/api/confirmation-links';
