import { describe, expect, it } from '@jest/globals';
import { rightsOf } from '../../protocol/index.js';
import { grants } from './broker.js';

const may = (asked: string) => rightsOf('device-1', ['commune-1']).subscribe.some((filter) => grants(filter, asked));

describe('what a device may subscribe to', () => {
  it.each([
    'vang/v1/keys',
    'vang/v1/devices/device-1/plan',
    'vang/v1/devices/device-1/#',
    'vang/v1/devices/device-1/+',
    'vang/v1/assets/abc/#',
    'vang/v1/assets/abc/chunks/+',
    'vang/v1/areas/commune-1/active',
  ])('%s', (asked) => expect(may(asked)).toBe(true));

  it.each([
    '#',
    'vang/v1/#',
    'vang/v1/devices/#',
    'vang/v1/devices/+/plan',
    'vang/v1/devices/device-2/plan',
    'vang/v1/assets/#',
    'vang/v1/areas/commune-2/commands',
    'vang/v1/areas/+/commands',
    'vang/v1/shards/+/devices/+/receipts',
    'vang/v1/keys/more',
  ])('not %s', (asked) => expect(may(asked)).toBe(false));
});
