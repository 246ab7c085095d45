import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Database } from './platform/database/index.js';
import { httpProblem, Public } from './platform/http/index.js';

/** Files of `web/`: pages and styles as they are, scripts as built into `dist/web`. Both from the package's root. */
const ROOT = packageRoot(fileURLToPath(new URL('.', import.meta.url)));
const STYLES = ['base', 'coverage', 'send', 'hear', 'approve'];
export const SCRIPTS: readonly string[] = [
  ...[
    'api',
    'cell',
    'coverage',
    'dashboard',
    'dom',
    'format',
    'forms',
    'grouping',
    'installation',
    'languages',
    'linked-page',
    'login',
    'matrix',
    'messages',
  ],
  ...['sw', 'upload', 'wire'],
  ...['levels', 'panel', 'recorder', 'texts'].map((name) => `sound/${name}`),
  ...['api', 'delivery', 'draft', 'files', 'form', 'kept', 'main', 'messages', 'page', 'sent', 'ways'].map(
    (name) => `send/${name}`,
  ),
  ...['api', 'main', 'page'].map((name) => `read/${name}`),
  ...['api', 'main', 'messages', 'page', 'session'].map((name) => `hear/${name}`),
  ...['api', 'bell', 'decide', 'detail', 'list', 'main', 'messages', 'player', 'push', 'steps'].map(
    (name) => `approve/${name}`,
  ),
];
const FILES: Readonly<Record<string, { readonly path: string; readonly type: string }>> = Object.fromEntries([
  ...STYLES.map((name) => [`${name}.css`, { path: `web/${name}.css`, type: 'text/css; charset=utf-8' }]),
  ...SCRIPTS.map((name) => [`${name}.js`, { path: `dist/web/${name}.js`, type: 'text/javascript; charset=utf-8' }]),
]);

@ApiExcludeController()
@Controller()
class WebController {
  constructor(private readonly database: Database) {}

  /** What every page must say of itself (invariant 13). */
  @Public('whether it is a demonstration is no secret')
  @Get('api/installation')
  installation(): { readonly demo: boolean } {
    return { demo: this.database.isDemo() };
  }

  @Public('the page shows nothing before login')
  @Get()
  page(@Res() response: Response): void {
    sendPage(response, 'coverage');
  }

  @Public('the page shows nothing before login')
  @Get('duyet')
  approve(@Res() response: Response): void {
    sendPage(response, 'approve');
  }

  @Public('the same page for every address; what the token opens is asked for by its script')
  @Get('gui/:token')
  send(@Res() response: Response): void {
    sendUnlisted(response, 'send');
  }

  @Public('the same page for every address; what the token opens is asked for by its script')
  @Get('thu/:token')
  read(@Res() response: Response): void {
    sendUnlisted(response, 'read');
  }

  @Public('the same page for every address; what the token opens is asked for by its script')
  @Get('nghe/:token')
  hear(@Res() response: Response): void {
    sendUnlisted(response, 'hear');
  }

  @Public('styles and scripts of the pages')
  @Get('web/*path')
  file(@Param('path') path: string | readonly string[], @Res() response: Response): void {
    const name = typeof path === 'string' ? path : path.join('/');
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (!file) throw httpProblem('request.notFound');
    response.type(file.type).sendFile(file.path, { root: ROOT });
  }
}

@Module({ controllers: [WebController] })
export class WebModule {}

function sendPage(response: Response, name: string): void {
  response.type('text/html; charset=utf-8').sendFile(`web/${name}.html`, { root: ROOT });
}

/** The address is a secret: nothing keeps the page, tells where a reader came from, or lists it. */
function sendUnlisted(response: Response, name: string): void {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-robots-tag', 'noindex, nofollow');
  sendPage(response, name);
}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = join(folder, '..');
  if (parent === folder) throw new Error('package.json was not found above the program');
  return packageRoot(parent);
}
