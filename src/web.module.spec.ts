import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from '@jest/globals';
import { SCRIPTS } from './web.module.js';

const importsOf = (name: string): string[] => {
  const text = readFileSync(new URL(`../web/src/${name}.ts`, import.meta.url), 'utf8');
  const own = text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)\.js'/gms);
  return [...own].map(([, path = '']) => posix.join(posix.dirname(name), path));
};

it('every script that a page imports is served', () => {
  const imported = SCRIPTS.flatMap((name) => importsOf(name).filter((each) => !each.startsWith('..')));
  expect(imported.length).toBeGreaterThan(SCRIPTS.length);
  expect(imported.filter((name) => !SCRIPTS.includes(name))).toEqual([]);
});
