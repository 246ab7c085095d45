import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { crypto, rawOf, testKey } from '../../devices/player/testing/keys.js';
import * as protocol from '../../devices/protocol/index.js';
import { problemRegistry } from '../../src/platform/i18n/index.js';
import { EXAMPLES } from './http-examples.js';
import { HTTP_ERRORS, http, httpErrors } from './http-page.js';

describe('the page of the contract, over HTTP', () => {
  it.each([
    ['enrolmentRequest', protocol.enrolmentRequest],
    ['enrolmentAnswer', protocol.enrolmentAnswer],
    ['challengeRequest', protocol.challengeRequest],
    ['challengeAnswer', protocol.challengeAnswer],
    ['tokenRequest', protocol.tokenRequest],
    ['tokenAnswer', protocol.tokenAnswer],
    ['keyChange', protocol.keyChange],
  ] as const)('the example of %s is what its schema says', (name, schema) => {
    expect(schema.safeParse(EXAMPLES[name]).error).toBeUndefined();
  });

  it('the proofs of the examples hold, so that a firmware can be held against them', () => {
    const holds = (key: string, bytes: Uint8Array, signature: string) =>
      crypto.verifyEd25519(rawOf(testKey(key)), bytes, protocol.fromBase64Url(signature));
    const { enrolmentRequest: asked, tokenRequest: token, keyChange: change } = EXAMPLES;
    const changed = protocol.keyChangeProofBytes(change.device, change.challenge, change.publicKey);
    expect(holds('device', protocol.proofBytes(asked.code, asked.publicKey), asked.proof)).toBe(true);
    expect(holds('device', protocol.tokenProofBytes(token.device, token.challenge), token.proof)).toBe(true);
    expect([holds('device', changed, change.proof), holds('next', changed, change.newProof)]).toEqual([true, true]);
    // Another key's proof is none: the check can fail.
    expect(holds('next', changed, change.proof)).toBe(false);
  });

  it('names everything that the doors of devices may refuse with', () => {
    const doors = [
      'src/fleet/enrolment/enrolment.service.ts',
      'src/fleet/enrolment/device-keys.service.ts',
      'src/fleet/access/device-access.ts',
      'src/dispatch/device.controller.ts',
    ];
    const thrown = doors.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/Problem\('([\w.]+)'\)/g)].map(([, code]) => code as string),
    );
    // Refused to a person who prints a claim.
    const toDevices = new Set(thrown.filter((code) => code !== 'claim.notPrintable'));
    expect(toDevices.size).toBeGreaterThan(10);
    const named = HTTP_ERRORS.map(([code]) => code);
    expect([...toDevices].filter((code) => !named.includes(code))).toEqual([]);
    const page = [...httpErrors()].join('\n');
    for (const code of named) expect(page).toContain(`| ${problemRegistry.get(code)?.status} | \`${code}\` |`);
  });

  it('shows each way in with what is asked and answered', () => {
    const page = [...http()].join('\n');
    for (const way of [
      'POST /enrolments',
      'POST /challenges',
      'POST /tokens',
      'POST /keys',
      'GET /plan',
      'playlist.m3u8',
    ])
      expect(page).toContain(way);
  });
});
