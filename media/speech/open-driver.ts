import { EspeakNgDriver, type EspeakNgOptions } from './espeak-ng.driver.js';
import { HttpSpeechDriver, type HttpSpeechSettings } from './http.driver.js';
import { PiperDriver, type PiperSettings } from './piper.driver.js';
import type { SpeechDriver } from './port.js';

/** Which program speaks; espeak-ng needs no settings. */
export type SpeechDriverSettings =
  | ({ readonly kind: 'espeak-ng' } & EspeakNgOptions)
  | ({ readonly kind: 'piper' } & PiperSettings)
  | ({ readonly kind: 'http' } & HttpSpeechSettings);

/** Throws when the settings can never work: a model that cannot be read, an address that is none. */
export async function openSpeechDriver(settings: SpeechDriverSettings): Promise<SpeechDriver> {
  switch (settings.kind) {
    case 'espeak-ng':
      return new EspeakNgDriver(settings);
    case 'piper':
      return PiperDriver.open(settings);
    case 'http':
      return new HttpSpeechDriver(settings);
  }
}
