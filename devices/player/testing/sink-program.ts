import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The WAV sink is a program of its own, so for a spec it is compiled as the build does it. Returns its path. */
export function compiledSink(folder: string): string {
  for (const name of ['instant', 'pace', 'wav-sink']) {
    const source = readFileSync(join('devices/player/sink', `${name}.ts`), 'utf8');
    const compilerOptions = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 };
    writeFileSync(join(folder, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, 'wav-sink.js');
}
