import { describe, expect, it } from '@jest/globals';
import { guardedLookup, isPublicAddress, parseEndpoint, type Resolve } from './push.address.js';

describe('where a push may go', () => {
  it.each([
    '142.250.66.67',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '2404:6800:4003:c00::5f',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    '',
    'localhost',
    '0x7f.1',
  ])('%j is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ['https://fcm.googleapis.com/fcm/send/abc', true],
    ['https://[2404:6800:4003:c00::5f]/x', true],
    ['http://fcm.googleapis.com/fcm/send/abc', false],
    ['https://user:pass@fcm.googleapis.com/', false],
    ['https://127.0.0.1/', false],
    ['https://0x7f.1/', false],
    ['https://2130706433/', false],
    ['https://0177.0.0.1/', false],
    ['https://[::1]/', false],
    ['https://[::ffff:127.0.0.1]/', false],
    ['https://169.254.169.254/latest/meta-data', false],
    ['ftp://fcm.googleapis.com/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['fcm.googleapis.com', false],
    ['', false],
  ])('endpoint %j: %s', (endpoint, allowed) => {
    expect(parseEndpoint(endpoint, false) !== null).toBe(allowed);
  });

  it('a closed network may have endpoints of its own, still without credentials in the address', () => {
    expect(parseEndpoint('http://10.0.0.5:8080/push', true)?.host).toBe('10.0.0.5:8080');
    expect(parseEndpoint('https://user:pass@10.0.0.5/', true)).toBeNull();
    expect(parseEndpoint('ftp://10.0.0.5/', true)).toBeNull();
  });

  const looked = (addresses: readonly string[], all: boolean) =>
    new Promise((resolve) => {
      const names: Resolve = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      guardedLookup(names, false)('push.vn', { all }, (error, found) => resolve(error?.name ?? found));
    });

  it('a name is connected to where it was looked at; one hidden address spoils it', async () => {
    expect(await looked(['8.8.8.8', '2a00:1450::1'], true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2a00:1450::1', family: 6 },
    ]);
    expect(await looked(['8.8.8.8'], false)).toBe('8.8.8.8');
    for (const all of [true, false]) expect(await looked(['8.8.8.8', '10.0.0.1'], all)).toBe('HiddenAddress');
    expect(await looked([], true)).toBe('Error');
  });
});
