import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { httpProblem, Public } from './platform/http/index.js';

/** Files of `web/`: page and style as they are, scripts as built into `dist/web`. Both from the package's root. */
const ROOT = packageRoot(fileURLToPath(new URL('.', import.meta.url)));
const SCRIPTS = ['api', 'coverage', 'dashboard', 'dom', 'format', 'forms', 'grouping', 'matrix', 'messages'];
const FILES: Readonly<Record<string, { readonly path: string; readonly type: string }>> = {
  'coverage.css': { path: 'web/coverage.css', type: 'text/css; charset=utf-8' },
  ...Object.fromEntries(
    SCRIPTS.map((name) => [`${name}.js`, { path: `dist/web/${name}.js`, type: 'text/javascript; charset=utf-8' }]),
  ),
};

@ApiExcludeController()
@Controller()
class WebController {
  @Public('the page shows nothing before login')
  @Get()
  page(@Res() response: Response): void {
    response.type('text/html; charset=utf-8').sendFile('web/coverage.html', { root: ROOT });
  }

  @Public('style and script of the page')
  @Get('web/:file')
  file(@Param('file') name: string, @Res() response: Response): void {
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (!file) throw httpProblem('request.notFound');
    response.type(file.type).sendFile(file.path, { root: ROOT });
  }
}

@Module({ controllers: [WebController] })
export class WebModule {}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = join(folder, '..');
  if (parent === folder) throw new Error('package.json was not found above the program');
  return packageRoot(parent);
}
