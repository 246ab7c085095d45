import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { type DayPart, dayPart, MAX_PART_PLAYS, type PlannedPlay } from '../../devices/protocol/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { AssetService } from './asset.service.js';
import type { Asset } from './dispatch.entity.js';

const zip = promisify(gzip);
const unzip = promisify(gunzip);
/** Parts that were read back are kept for the next refresh. */
const REMEMBERED = 2_000;

export interface BuiltPart {
  readonly part: DayPart;
  readonly asset: Asset;
}

/** Day parts as assets: the same part is the same bytes, and so the same address for all who get it. */
@Injectable()
export class PartService {
  readonly #known = new Map<string, readonly PlannedPlay[]>();
  /** By the hash of its text: every minute most parts are as they were. */
  readonly #kept = new Map<string, BuiltPart>();

  constructor(
    private readonly store: ContentStore,
    private readonly assets: AssetService,
  ) {}

  /** @throws RangeError for a day with more plays than any device takes */
  async keep(part: DayPart): Promise<BuiltPart> {
    if (part.plays.length > MAX_PART_PLAYS)
      throw new RangeError(`${part.plays.length} plays on ${part.day}: devices take ${MAX_PART_PLAYS}`);
    const text = JSON.stringify(part);
    const name = createHash('sha256').update(text).digest('base64');
    const kept = this.#kept.get(name);
    if (kept) return kept;
    const { sha256 } = await this.store.put(await zip(text));
    this.#remember(sha256, part.plays);
    const built = { part, asset: await this.assets.register(sha256, 'part', 'application/gzip') };
    if (this.#kept.size >= REMEMBERED) this.#kept.delete(this.#kept.keys().next().value as string);
    this.#kept.set(name, built);
    return built;
  }

  async playsOf(sha256: string): Promise<readonly PlannedPlay[]> {
    const known = this.#known.get(sha256);
    if (known) return known;
    const bytes: Buffer[] = [];
    for await (const piece of await this.store.open(sha256)) bytes.push(piece);
    const part: unknown = JSON.parse((await unzip(Buffer.concat(bytes))).toString('utf8'));
    dayPart.parse(part);
    // As it was written, key by key: told again, it has the same bytes, and nobody gets a new plan for that.
    const { plays } = part as DayPart;
    this.#remember(sha256, plays);
    return plays;
  }

  #remember(sha256: string, plays: readonly PlannedPlay[]): void {
    if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value as string);
    this.#known.set(sha256, plays);
  }
}
