import { type AccountRole, actorFrom } from '../../accounts/index.js';
import { type Database, newId } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import type { ItemView, NewItemRequest } from '../items/item.api.js';
import { heard, inPieces, openLibrary, wav } from '../library.spec-support.js';

type Row = Record<string, unknown>;

/** The library with people who have accounts: delegates, reviewers and duty officers are looked up there. */
export async function openHouse(database: Database) {
  const opened = await openLibrary(database);
  const query = (sql: string): Promise<Row[]> => database.read((reader) => reader.query(sql));

  async function member(name: string, role: AccountRole, areaPath = '/p/an-khuong/'): Promise<Actor> {
    const id = newId();
    await database.write(async ({ manager }) => {
      const account = { id, login: id, name, passwordHash: '', createdAtMs: 0, disabled: false, email: null };
      await manager.insert('account', account);
      await manager.insert('account_grant', { id: newId(), accountId: id, role, areaId: null, areaPath });
    });
    return actorFrom({ id, name }, [{ role, areaPath }]);
  }

  async function pending(author: Actor, request: Partial<NewItemRequest> = {}): Promise<ItemView> {
    const { id } = await opened.create(author, request);
    await opened.settled(author, id);
    return opened.approvals.submit(author, id);
  }

  return {
    ...opened,
    member,
    pending,
    /** The newest version, as somebody who heard it approves it. */
    approve: (actor: Actor, item: ItemView) => opened.approvals.approve(actor, item.id, heard(item)),
    upload: (actor: Actor, id: string, durationMs?: number) =>
      opened.uploads.upload(actor, id, { type: 'audio/wav', bytes: null, body: inPieces(wav(durationMs)) }),
    disable: ({ accountId }: Actor) =>
      database.write(({ manager }) => manager.update('account', { id: accountId }, { disabled: true })),
    takeRights: ({ accountId }: Actor) =>
      database.write(({ manager }) => manager.delete('account_grant', { accountId })),
    airable: (id: string) =>
      database.read(async (reader) => (await opened.library.airable(reader, [id])).get(id) ?? null),
    /** What the audit log says of it, the oldest first. */
    deeds: async (subject: string) =>
      (await query('SELECT subject, action, actor_name, detail FROM audit_entry ORDER BY id'))
        .filter((row) => row.subject === subject)
        .map((row) => ({ action: row.action, by: row.actor_name, detail: JSON.parse(String(row.detail)) as Row })),
    messages: async (itemId: string) =>
      (await query("SELECT topic, payload FROM outbox WHERE topic LIKE 'library.%' ORDER BY id"))
        .map((row) => ({ topic: row.topic, ...(JSON.parse(String(row.payload)) as Row) }))
        .filter((message) => 'itemId' in message && message.itemId === itemId),
    /** Notices of an item: what kind, to whom, and whether the matter is still open. */
    notices: async (itemId: string) =>
      (await query('SELECT * FROM notice ORDER BY id'))
        .filter((row) => String(row.key).includes(itemId))
        .map((row) => ({
          kind: row.kind,
          to: JSON.parse(String(row.audience)) as Row,
          params: JSON.parse(String(row.params)) as Row,
          link: row.link,
          open: row.settled_at_ms === null,
          remindAfterMs: row.remind_after_ms === null ? null : Number(row.remind_after_ms),
          dueAtMs: row.due_at_ms === null ? null : Number(row.due_at_ms),
        })),
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;
