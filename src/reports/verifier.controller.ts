import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get, Injectable, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../platform/http/index.js';
import { reportProblem } from './problems.js';

/** Runs what is in the file and nothing else; it may reach nobody. The page says the same of itself, for when it is opened from a disk. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const WHY = 'the verifier is for those without an account; it holds no data';

/** `verify.html` as `npm run build` made it. */
@Injectable()
export class VerifierPage {
  #read: Promise<{ readonly bytes: Buffer; readonly sha256: string } | null> | null = null;

  /** Null: nobody built it. */
  load(): Promise<{ readonly bytes: Buffer; readonly sha256: string } | null> {
    this.#read ??= readFile(
      join(packageRoot(fileURLToPath(new URL('.', import.meta.url))), 'dist/proof/verify.html'),
    ).then(
      (bytes) => ({ bytes, sha256: createHash('sha256').update(bytes).digest('hex') }),
      () => null,
    );
    return this.#read;
  }
}

@ApiExcludeController()
@Controller()
export class VerifierController {
  constructor(private readonly page: VerifierPage) {}

  @Public(WHY)
  @Get('verify.html')
  async html(@Res() response: Response): Promise<void> {
    const { bytes } = await this.#built();
    response.setHeader('content-security-policy', POLICY);
    response.type('text/html; charset=utf-8').send(bytes);
  }

  /** As `sha256sum -c` reads it. */
  @Public(WHY)
  @Get('verify.html.sha256')
  async hash(@Res() response: Response): Promise<void> {
    const { sha256 } = await this.#built();
    response.type('text/plain; charset=utf-8').send(`${sha256}  verify.html\n`);
  }

  async #built() {
    const page = await this.page.load();
    if (!page) throw reportProblem('report.verifierMissing');
    return page;
  }
}

function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(join(folder, '..'));
}
