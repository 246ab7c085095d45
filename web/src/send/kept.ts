import { type Draft, isWorthKeeping, parseDraft } from './draft.js';

const DATABASE = 'vang';
const STORE = 'files';

/** The draft of one link in this browser: its words in localStorage, the bytes of its files in IndexedDB. */
export class KeptDraft {
  /** Where the browser keeps nothing (a private window, a full disk), it lasts as long as the page. */
  readonly #memory = new Map<string, Blob>();

  constructor(private readonly slot: string) {}

  load(): Draft {
    return parseDraft(quietly(() => localStorage.getItem(this.slot)) ?? null);
  }

  save(draft: Draft): void {
    if (isWorthKeeping(draft)) quietly(() => localStorage.setItem(this.slot, JSON.stringify(draft)));
    else this.forget();
  }

  forget(): void {
    quietly(() => localStorage.removeItem(this.slot));
  }

  async put(n: string, blob: Blob): Promise<void> {
    this.#memory.set(n, blob);
    await this.#use('readwrite', (store) => store.put(blob, this.#key(n))).catch(() => undefined);
  }

  async get(n: string): Promise<Blob | null> {
    const here = this.#memory.get(n);
    if (here) return here;
    const found: unknown = await this.#use('readonly', (store) => store.get(this.#key(n))).catch(() => null);
    return found instanceof Blob ? found : null;
  }

  async drop(n: string): Promise<void> {
    this.#memory.delete(n);
    await this.#use('readwrite', (store) => store.delete(this.#key(n))).catch(() => undefined);
  }

  #key(n: string): string {
    return `${this.slot}/${n}`;
  }

  async #use(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    const opening = indexedDB.open(DATABASE, 1);
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
    await settled(opening);
    const database = opening.result;
    try {
      const transaction = database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      await settled(asked);
      return asked.result;
    } finally {
      database.close();
    }
  }
}

function settled(request: IDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(request.error ?? new Error('nothing was kept')));
  });
}

function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** A random UUID; without HTTPS browsers hide the call that makes one. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
