import { describe, expect, test } from '@jest/globals';
import { encodeClaim } from '../protocol/index.js';
import { ConfigError, readConfig } from './config.js';

const claim = { url: 'https://loa.example.vn', code: 'abcdefghijklmnop', root: 'ab'.repeat(32) };

describe('settings of the player', () => {
  test('flags', () => {
    const config = readConfig(
      [
        '--claim',
        encodeClaim(claim),
        '--data',
        '/var/lib/vang',
        '--sound',
        'wav:/tmp/loa.wav',
        '--model',
        'm',
        '--serial',
        's',
        '--simulated',
      ],
      {},
    );
    expect(config).toMatchObject({
      claim,
      data: '/var/lib/vang',
      sound: { kind: 'wav', path: '/tmp/loa.wav' },
      model: 'm',
      serial: 's',
      simulated: true,
      assets: 'mqtt',
    });
  });

  test('a change of keys is ordered by a flag, once; a setting that stays would order it at each start', () => {
    expect(readConfig(['--change-key'], {}).changeKey).toBe(true);
    expect(readConfig([], { VANG_PLAYER_CHANGE_KEY: 'true' }).changeKey).toBe(false);
  });

  test('environment; a flag wins', () => {
    const environment = {
      VANG_PLAYER_SOUND: 'alsa:hw:1,0',
      VANG_PLAYER_ASSETS: 'http',
      VANG_PLAYER_SIMULATED: '1',
      VANG_PLAYER_MQTT_URL: 'mqtt://127.0.0.1:1',
      VANG_PLAYER_QUOTA_MB: '64',
    };
    expect(readConfig([], environment)).toMatchObject({
      sound: { kind: 'alsa', card: 'hw:1,0' },
      assets: 'http',
      simulated: true,
      mqttUrl: 'mqtt://127.0.0.1:1',
      quotaMb: 64,
    });
    expect(readConfig(['--sound', 'null'], environment).sound).toEqual({ kind: 'null' });
  });

  test('a real player with a real card is what comes without settings', () => {
    expect(readConfig([], {})).toMatchObject({
      sound: { kind: 'alsa', card: 'default' },
      simulated: false,
      log: 'info',
    });
  });

  test('commands and inputs of this machine', () => {
    const config = readConfig([], {
      VANG_PLAYER_AMPLIFIER_ON: '/usr/bin/pinctrl set 17 op dh',
      VANG_PLAYER_AMPLIFIER_OFF: '/usr/bin/pinctrl set 17 op dl',
      VANG_PLAYER_AMPLIFIER_BEFORE_MS: '800',
      VANG_PLAYER_LINE_SENSE: '/opt/vang/line-sense',
      VANG_PLAYER_POWER_SENSE: '/opt/vang/power-sense 6',
      VANG_PLAYER_SIGNAL_SENSE: '/opt/vang/signal-sense',
      VANG_PLAYER_REBOOT: '/usr/bin/touch /run/vang-player/reboot',
      VANG_PLAYER_LINE_IN: 'hw:CARD=Device',
      VANG_PLAYER_FM: 'hw:1,0@99.9',
    });
    expect(config).toMatchObject({
      amplifierOn: ['/usr/bin/pinctrl', 'set', '17', 'op', 'dh'],
      amplifierBeforeMs: 800,
      amplifierAfterMs: 5_000,
      lineSense: ['/opt/vang/line-sense'],
      powerSense: ['/opt/vang/power-sense', '6'],
      signalSense: ['/opt/vang/signal-sense'],
      reboot: ['/usr/bin/touch', '/run/vang-player/reboot'],
      lineIn: 'hw:CARD=Device',
      fm: { card: 'hw:1,0', mhz: 99.9 },
    });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ VANG_PLAYER_LINE_SENSE: 'sense' }, /VANG_PLAYER_LINE_SENSE: an absolute path/],
    [{ VANG_PLAYER_LINE_SENSE: '/bin/sh -c "sense"' }, /VANG_PLAYER_LINE_SENSE: .*without quotes/],
    [{ VANG_PLAYER_AMPLIFIER_ON: '/bin/on' }, /AMPLIFIER_ON and VANG_PLAYER_AMPLIFIER_OFF: give both/],
    [{ VANG_PLAYER_LINE_IN: '--help' }, /VANG_PLAYER_LINE_IN: the name of an ALSA input/],
    [{ VANG_PLAYER_FM: 'hw:1' }, /VANG_PLAYER_FM: use CARD@MHZ/],
    [{ VANG_PLAYER_FM: 'hw:1@999' }, /VANG_PLAYER_FM: use CARD@MHZ/],
    [{ VANG_PLAYER_FM: '-D@99.9' }, /VANG_PLAYER_FM: use CARD@MHZ/],
  ])('%j is a mistake that the message explains', (environment, message) => {
    expect(() => readConfig([], environment)).toThrow(message);
  });

  test.each<[string[], Record<string, string>, RegExp]>([
    [['--sound', 'loud'], {}, /^--sound \/ VANG_PLAYER_SOUND: use wav:FILE\.wav, alsa, alsa:CARD or null$/],
    [['--claim', 'VANG1.x'], {}, /^--claim .*not a claim/],
    [['--colour', 'red'], {}, /colour/],
    [[], { VANG_PLAYER_ASSETS: 'ftp', VANG_PLAYER_QUOTA_MB: '-1' }, /VANG_PLAYER_ASSETS: .*; VANG_PLAYER_QUOTA_MB: /],
  ])('%j %j stops with one readable message', (argv, environment, message) => {
    expect(() => readConfig(argv, environment)).toThrow(ConfigError);
    expect(() => readConfig(argv, environment)).toThrow(message);
  });
});
