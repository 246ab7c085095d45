import type { Amplifier } from './adapters/amplifier/amplifier.js';
import type { LineSense } from './adapters/amplifier/line-sense.js';
import type { AssetStore } from './adapters/asset-store.js';
import type { MachineClock } from './adapters/clock.js';
import type { AssetSource } from './adapters/http-assets.js';
import type { Journal } from './adapters/journal-file.js';
import type { Machine } from './adapters/machine.js';
import type { Link } from './adapters/mqtt-link.js';
import type { PowerSense } from './adapters/power-sense.js';
import type { ReceiptArchive } from './adapters/receipt-archive.js';
import type { SoundOutput } from './adapters/sound/sound.js';
import type { CoreEnv } from './core/index.js';
import type { Log } from './logger.js';
import type { Programs } from './update/programs.js';

/** All that a running player is made of. */
export interface PlayerParts {
  readonly env: CoreEnv;
  readonly clock: MachineClock;
  readonly journal: Journal;
  /** Given where acknowledged receipts are kept. */
  readonly archive?: ReceiptArchive;
  readonly store: AssetStore;
  readonly link: Link;
  readonly sound: SoundOutput;
  readonly amplifier?: Amplifier;
  readonly lineSense?: LineSense;
  readonly machine?: Machine;
  readonly powerSense?: PowerSense;
  /** Given when a launcher started this player. */
  readonly programs?: Pick<Programs, 'booted' | 'carryOut'>;
  /** Given when assets come over HTTP instead of MQTT. */
  readonly assetSource?: (finished: (sha256: string) => void) => AssetSource;
  /** The key set of the enrolment, for a device that has not heard the retained one yet. */
  readonly keySet: string;
  /** At least 16 unguessable letters of base64url. */
  readonly random: () => string;
  readonly log: Log;
}
