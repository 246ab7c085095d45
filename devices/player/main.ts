import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Capability, fromBase64Url } from '../protocol/index.js';
import { Account } from './adapters/account.js';
import { Amplifier, commandRelay } from './adapters/amplifier/amplifier.js';
import { commandMeter, LineSense } from './adapters/amplifier/line-sense.js';
import { DiskAssetStore } from './adapters/asset-store.js';
import { LinuxClock } from './adapters/clock.js';
import { type DeviceKey, NodeCrypto } from './adapters/crypto.js';
import { EnrolmentRefused, enrolOnceInstalled } from './adapters/enrolment.js';
import { lockFolder } from './adapters/files.js';
import { HttpAssets } from './adapters/http-assets.js';
import { type Enrolled, IdentityFile } from './adapters/identity-file.js';
import { JournalFile } from './adapters/journal-file.js';
import { LinuxMachine } from './adapters/machine.js';
import { MqttLink } from './adapters/mqtt-link.js';
import { commandPower, PowerSense } from './adapters/power-sense.js';
import { DiskReceiptArchive } from './adapters/receipt-archive.js';
import { AlsaSink } from './adapters/sound/alsa-sink.js';
import { DecodedSound } from './adapters/sound/decoded-sound.js';
import { FfmpegDecoder } from './adapters/sound/decoder.js';
import { chooseFfmpeg, lookUpsOf } from './adapters/sound/ffmpeg.js';
import { NullSink } from './adapters/sound/null-sink.js';
import type { PcmSink } from './adapters/sound/sink.js';
import { WavSink } from './adapters/sound/wav-sink.js';
import { MachineSources } from './adapters/source/source.js';
import { ConfigError, type PlayerConfig, readConfig, type SoundChoice } from './config.js';
import { createLog, type Log } from './logger.js';
import { PlayerRuntime } from './runtime.js';
import { EXIT_RESTART } from './update/layout.js';
import { type Programs, programsOf } from './update/programs.js';

/**
 * A start is decided so long before its instant, so that neither a slow disk nor a busy machine moves it. Within it an
 * emergency or a stop waits for the first sample.
 */
const LEAD_MS = 400;
/** Loudspeakers that hear each other are to start together. */
const FINE_TIME_MS = 3;

const clock = new LinuxClock();
const crypto = new NodeCrypto();

/** 0: stopped in good order. 1: start me again. 2: a person must act first. 75: to the launcher: another program is to be started. */
async function main(): Promise<number> {
  const config = readConfig(process.argv.slice(2), process.env);
  const log = createLog(config.log, (line) => console.log(line));
  const identityFile = new IdentityFile(config.data);
  if (config.changeKey) return orderKeyChange(identityFile, log);
  // Before the claim is spent: a device that cannot decode must not enrol.
  const ffmpeg = await chooseFfmpeg(config.ffmpeg, log, lookUpsOf(process.env.PATH));
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(config.data).catch(() => {
    throw new ConfigError(`another player runs on ${config.data}`);
  });
  const key = await identityFile.key();
  const stop = new AbortController();
  const signal = new Promise<string>((asked) => {
    process.once('SIGTERM', asked).once('SIGINT', asked);
  });
  void signal.then((name) => stop.abort(name));
  let player: PlayerRuntime | null = null;
  // A press while there is nothing to silence must not end the program. SIGUSR1 is Node's own (debugger).
  process.on('SIGUSR2', () => player?.pressStop());
  const enrolled = (await identityFile.read()) ?? (await enrolNow(config, key, identityFile, log, stop.signal));
  if (!enrolled) return 0;
  const programs = await programsOf(config.home, log);
  const { mqttUrl } = config;
  const account = new Account({ file: identityFile, key, enrolled, mqttUrl, crypto, clock, log });
  const link = new MqttLink(account, log);
  const built = build(config, account, enrolled, link, ffmpeg, log, programs);
  player = built;
  // What sounds now ends first.
  const renewal = programs?.restart.then(() => built.quiet()).then(() => 'renewal');
  await built.start();
  await account.start({ renewed: () => link.retry(), keyChanged: (identity) => built.keyChanged(identity) });
  const why = await Promise.race([signal, built.failed, ...(renewal ? [renewal] : [])]);
  log.info('stopping', { signal: why });
  account.stop();
  await built.stop();
  await unlock();
  log.info('stopped');
  return why === 'renewal' ? EXIT_RESTART : 0;
}

/** The player that runs, or the next that is started, does the rest. */
async function orderKeyChange(file: IdentityFile, log: Log): Promise<number> {
  if (!(await file.read())) throw new ConfigError('this device is not enrolled: it has no key to change');
  await file.orderKeyChange();
  log.info('keyChangeOrdered', { meaning: 'the player changes its key as soon as the service takes the new one' });
  return 0;
}

/** Null: it was stopped before. */
async function enrolNow(
  config: PlayerConfig,
  key: DeviceKey,
  file: IdentityFile,
  log: Log,
  stop: AbortSignal,
): Promise<Enrolled | null> {
  const { claim, model, serial, simulated } = config;
  if (!claim) throw new ConfigError('this device is not enrolled: give --claim (the text of the QR code)');
  const pause = (ms: number) => setTimeout(ms, undefined, { signal: stop });
  const enrolled = await enrolOnceInstalled({ claim, key, model, serial, simulated }, crypto, {
    log,
    pause,
    stop,
  }).catch((error) => {
    if (stop.aborted) return null;
    throw error;
  });
  if (!enrolled) return null;
  await file.write(enrolled);
  log.info('enrolled', {
    device: enrolled.identity.device,
    area: enrolled.identity.area.name,
    cluster: enrolled.identity.cluster.name,
  });
  return enrolled;
}

function build(
  config: PlayerConfig,
  account: Account,
  enrolled: Enrolled,
  link: MqttLink,
  ffmpeg: string,
  log: Log,
  programs: Programs | undefined,
): PlayerRuntime {
  const { identity, url } = enrolled;
  const store = new DiskAssetStore(join(config.data, 'assets'), config.quotaMb * 1_048_576);
  return new PlayerRuntime({
    env: {
      crypto,
      signer: account.signer,
      identity,
      rootPublicKey: fromBase64Url(enrolled.rootPublicKey),
      // Enrolled as simulated is simulated for ever (invariant 13).
      simulated: enrolled.simulated || config.simulated,
      capabilities: [...capabilitiesOf(config), ...(programs ? (['update'] as const) : [])],
      ...(programs ? { firmware: programs.firmware } : {}),
      leadMs: LEAD_MS,
      fineTimeMs: FINE_TIME_MS,
    },
    clock,
    journal: new JournalFile(join(config.data, 'journal')),
    archive: new DiskReceiptArchive(join(config.data, 'archive'), log),
    store,
    link,
    sound: new DecodedSound(new FfmpegDecoder(ffmpeg), sinkOf(config.sound, log), log, {
      sources: new MachineSources({ ffmpeg, lineIn: config.lineIn, fm: config.fm }),
      clock,
    }),
    ...(config.assets === 'http'
      ? {
          assetSource: (finished: (sha256: string) => void) => new HttpAssets(url, account, store, finished, log),
        }
      : {}),
    ...amplifierOf(config, log),
    ...(programs ? { programs } : {}),
    ...machineOf(config, log),
    keySet: enrolled.keySet,
    random: () => randomBytes(16).toString('base64url'),
    log,
  });
}

/** What this machine was given beside a loudspeaker. */
const capabilitiesOf = ({ lineIn, fm, lineSense, amplifierOn, reboot }: PlayerConfig): Capability[] => [
  'stream',
  'testTone',
  'archive',
  ...(amplifierOn ? (['amplifier'] as const) : []),
  ...(reboot ? (['reboot'] as const) : []),
  ...(lineIn ? (['lineIn'] as const) : []),
  ...(fm ? (['fm'] as const) : []),
  ...(lineSense ? (['lineSense'] as const) : []),
];

function amplifierOf(config: PlayerConfig, log: Log) {
  const { amplifierOn, amplifierOff, amplifierBeforeMs, amplifierAfterMs, lineSense } = config;
  return {
    ...(amplifierOn && amplifierOff
      ? { amplifier: new Amplifier(commandRelay(amplifierOn, amplifierOff), log, amplifierBeforeMs, amplifierAfterMs) }
      : {}),
    ...(lineSense ? { lineSense: new LineSense(commandMeter(lineSense, log)) } : {}),
  };
}

function machineOf({ data, reboot, powerSense, signalSense }: PlayerConfig, log: Log) {
  const power = powerSense && new PowerSense(commandPower(powerSense, log));
  const machine = new LinuxMachine(data, {
    ...(reboot ? { reboot } : {}),
    ...(signalSense ? { signal: commandMeter(signalSense, log, 'signalSense') } : {}),
    ...(power ? { power } : {}),
  });
  return { machine, ...(power ? { powerSense: power } : {}) };
}

function sinkOf(sound: SoundChoice, log: Log): PcmSink {
  switch (sound.kind) {
    case 'wav':
      return new WavSink(sound.path);
    case 'alsa':
      return new AlsaSink(sound.card, clock);
    case 'null':
      log.warn('noSound', { meaning: 'plays are counted but nothing can be heard' });
      return new NullSink(clock);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const personMustAct = error instanceof ConfigError || error instanceof EnrolmentRefused;
  console.log(
    JSON.stringify({
      at: new Date().toISOString(),
      level: 'error',
      event: 'failed',
      problem: error instanceof Error ? error.message : String(error),
    }),
  );
  process.exitCode = personMustAct ? 2 : 1;
}
// Whatever a dead link still holds open must not keep a stopped player alive.
process.exit();
