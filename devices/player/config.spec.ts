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
