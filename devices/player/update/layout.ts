import { dirname, join } from 'node:path';
import type { Disk } from './disk.js';

/** A program that has not shown yet that it works. */
export interface Trial {
  readonly release: number;
  /** How often it was started without that. */
  readonly starts: number;
}

export interface Choice {
  readonly release: number;
  readonly onTrial: boolean;
  /** Path of the program's first file. */
  readonly entry: string;
}

/** The player's word to its launcher: choose anew and start that. */
export const EXIT_RESTART = 75;
/** The second start is for a power cut in the first. */
const MOST_STARTS = 2;

/**
 * The programs of a board: `versions/<release>/…`, each whole or not there; `current` → the one that has shown that it works;
 * `trial.json` names the one that is to. What changes the choice is one rename, so a power cut leaves the choice before or the one after.
 *
 * No dependencies, not even within the player: the launcher runs on this and is never updated.
 */
export class Layout {
  constructor(
    readonly home: string,
    readonly disk: Disk,
  ) {}

  get versions(): string {
    return join(this.home, 'versions');
  }

  folderOf(release: number): string {
    return join(this.versions, String(release));
  }

  async current(): Promise<number | null> {
    return releaseOf((await this.disk.readLink(join(this.home, 'current')))?.replace(/^versions\//, ''));
  }

  async setCurrent(release: number): Promise<void> {
    const fresh = join(this.home, 'current.new');
    await this.disk.remove(fresh);
    await this.disk.link(fresh, `versions/${release}`);
    await this.#take(fresh, join(this.home, 'current'));
  }

  async trial(): Promise<Trial | null> {
    try {
      const { release, starts } = JSON.parse((await this.disk.readText(this.#trial)) ?? 'null') ?? {};
      return Number.isSafeInteger(release) && Number.isSafeInteger(starts) ? { release, starts } : null;
    } catch {
      return null;
    }
  }

  /** @param trial null: there is none any more */
  async setTrial(trial: Trial | null): Promise<void> {
    if (trial) {
      await this.disk.write(`${this.#trial}.new`, JSON.stringify(trial));
      return this.#take(`${this.#trial}.new`, this.#trial);
    }
    await this.disk.remove(this.#trial);
    await this.disk.syncFolder(this.home);
  }

  /** Releases whose folder is there, the newest first. */
  async installed(): Promise<number[]> {
    const releases = (await this.disk.list(this.versions)).map(releaseOf);
    return releases.filter((release) => release !== null).sort((a, b) => b - a);
  }

  /** Path of the first file of a version; null: that version cannot be started. */
  async entryOf(release: number): Promise<string | null> {
    try {
      const { entry } = JSON.parse((await this.disk.readText(join(this.folderOf(release), 'manifest.json'))) ?? 'null');
      if (typeof entry !== 'string' || entry.startsWith('/') || entry.split('/').includes('..')) return null;
      const path = join(this.folderOf(release), entry);
      return (await this.disk.isFile(path)) ? path : null;
    } catch {
      return null;
    }
  }

  get #trial(): string {
    return join(this.home, 'trial.json');
  }

  async #take(fresh: string, path: string): Promise<void> {
    await this.disk.rename(fresh, path);
    await this.disk.syncFolder(dirname(path));
  }
}

/** Which version to start now. A start on trial is counted before it happens. Null: there is none. */
export async function choose(layout: Layout): Promise<Choice | null> {
  // A card that cannot be written any more can still play.
  const onTrial = await tryOut(layout).catch(() => null);
  if (onTrial) return onTrial;
  const current = await layout.current();
  for (const release of [...(current === null ? [] : [current]), ...(await layout.installed())]) {
    const entry = await layout.entryOf(release);
    if (entry !== null) return { release, onTrial: false, entry };
  }
  return null;
}

async function tryOut(layout: Layout): Promise<Choice | null> {
  const trial = await layout.trial();
  if (!trial) return null;
  const { release, starts } = trial;
  const entry = await layout.entryOf(release);
  // The power went between its confirmation and the end of its trial.
  const confirmed = (await layout.current()) === release;
  if (entry === null || confirmed || starts >= MOST_STARTS) {
    await layout.setTrial(null);
    return null;
  }
  await layout.setTrial({ release, starts: starts + 1 });
  return { release, onTrial: true, entry };
}

function releaseOf(name: string | undefined): number | null {
  return name !== undefined && /^[1-9]\d{0,9}$/.test(name) ? Number(name) : null;
}
