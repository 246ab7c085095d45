import { expect, it } from '@jest/globals';
import { loggedPath } from './logged-path.js';

const TOKEN = `${'aB3_'.repeat(10)}-Z9`;

it.each([
  [`/gui/${TOKEN}`, '/gui/[hidden]'],
  [`/api/public/requests/${TOKEN}/files`, '/api/public/requests/[hidden]/files'],
  [`/${TOKEN}/${TOKEN}`, '/[hidden]/[hidden]'],
  ['/api/items/01hzzzzzzzzzzzzzzzzzzzzzzz', '/api/items/01hzzzzzzzzzzzzzzzzzzzzzzz'],
  [`/api/device/v1/assets/${'f'.repeat(64)}`, `/api/device/v1/assets/${'f'.repeat(64)}`],
])('%s is logged as %s', (path, logged) => expect(loggedPath(path)).toBe(logged));
