import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreEffect } from '../core/index.js';
import type { Log } from '../logger.js';
import { nodeDisk } from './disk.js';
import { Installer } from './installer.js';
import { Layout } from './layout.js';
import { MANIFEST, type Manifest, manifest } from './manifest.js';

type ProgramEffect = Extract<CoreEffect, { type: 'installUpdate' | 'confirmUpdate' | 'abandonUpdate' }>;

/** Changes of the program that this very process is: carried out one after the other, beside the sound. */
export class Programs {
  #turn: Promise<void> = Promise.resolve();
  #restart: () => void = () => undefined;
  #leaving = false;
  /** Resolves when another program is to be started in place of this one. */
  readonly restart = new Promise<void>((asked) => {
    this.#restart = asked;
  });

  constructor(
    private readonly installer: Pick<Installer, 'install' | 'confirm' | 'abandon'>,
    readonly firmware: { readonly release: number; readonly name: string },
    private readonly log: Log,
  ) {}

  /** @param update what the journal knows. The power may have gone between the word that it works and its confirmation. */
  async booted(update: { readonly order: { readonly release: number }; readonly state: string } | null): Promise<void> {
    const { release } = this.firmware;
    if (update?.state === 'healthy' && update.order.release === release)
      await this.#then('confirm', () => this.installer.confirm(release));
  }

  /** @param bundle undefined: it is no more in the store. @param failed told why it could not be installed */
  carryOut(effect: ProgramEffect, bundle: string | undefined, failed: (detail: string) => void): void {
    if (this.#leaving) return;
    const { release } = effect;
    switch (effect.type) {
      case 'confirmUpdate':
        return void this.#then('confirm', () => this.installer.confirm(release));
      case 'abandonUpdate':
        this.#leaving = true;
        // Whether or not its mark could be taken away: a launcher counts starts.
        return void this.#then('abandon', () => this.installer.abandon(release)).then(this.#restart);
      case 'installUpdate':
        return void this.#then('install', async () => {
          if (bundle === undefined) throw new Error('the bundle is not in the store');
          await this.installer.install(release, bundle);
          this.#leaving = true;
        }).then((problem) => (problem === null ? this.#restart() : failed(problem)));
    }
  }

  /** @returns what went wrong; null: nothing */
  #then(what: string, change: () => Promise<void>): Promise<string | null> {
    const done = this.#turn.then(change).then(
      () => {
        this.log.info('program', { what });
        return null;
      },
      (error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error);
        this.log.error('program', { what, problem });
        return problem;
      },
    );
    this.#turn = done.then(() => undefined);
    return done;
  }
}

/** Of a player that a launcher started. Undefined: of any other, whose program is somebody else's to change. */
export async function programsOf(home: string | undefined, log: Log): Promise<Programs | undefined> {
  const stated = home === undefined ? null : await ownManifest();
  if (home === undefined || !stated) return undefined;
  const { release, name } = stated;
  return new Programs(new Installer(new Layout(resolve(home), nodeDisk)), { release, name }, log);
}

async function ownManifest(): Promise<Manifest | null> {
  const version = fileURLToPath(new URL('../../../', import.meta.url));
  try {
    return manifest.parse(JSON.parse(await readFile(join(version, MANIFEST), 'utf8')));
  } catch {
    return null;
  }
}
