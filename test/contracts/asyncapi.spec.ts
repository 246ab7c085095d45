import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { TOPIC_RULES } from '../../devices/protocol/index.js';
import { asyncApi } from './asyncapi.js';

const require = createRequire(import.meta.url);
const specification = require('@asyncapi/specs/schemas/3.0.0.json') as object;

/** It brings its own meta schema, and names formats that are of no concern here. */
const FOREIGN = { meta: false, validateSchema: false, strict: false, validateFormats: false } as const;

describe('the AsyncAPI document', () => {
  const document = asyncApi() as { channels: Record<string, { address: string }> };

  test('keeps to AsyncAPI 3.0.0', () => {
    const ajv = new Ajv({ ...FOREIGN, allErrors: true });
    const valid = ajv.validate(specification, document);
    expect(ajv.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test('would find a fault', () => {
    const ajv = new Ajv(FOREIGN);
    expect(ajv.validate(specification, { ...document, channels: { keys: { address: 5 } } })).toBe(false);
  });

  test('has every topic of the contract', () => {
    const addresses = Object.values(document.channels).map(({ address }) => address);
    expect(addresses.sort()).toEqual(
      Object.values(TOPIC_RULES)
        .map(({ topic }) => topic)
        .sort(),
    );
  });
});
