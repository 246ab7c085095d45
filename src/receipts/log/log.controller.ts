import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  Headers,
  HttpCode,
  Injectable,
  Param,
  Post,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { EntityManager } from 'typeorm';
import { parseTilePath, TILE_WIDTH, toBase64 } from '../../../proof/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { addressKey, Public, RateWindow } from '../../platform/http/index.js';
import { pickLanguage } from '../../platform/i18n/index.js';
import { qrSvg } from '../../platform/links/index.js';
import { VERDICTS } from './engine/verdict.js';
import {
  type CheckRequest,
  type ConsistencyQuery,
  checkRequest,
  checkView,
  consistencyQuery,
  consistencyView,
  type InclusionQuery,
  inclusionQuery,
  inclusionView,
  logView,
} from './log.api.js';
import type { LogCheckpoint } from './log.entity.js';
import { logProblem } from './problems.js';
import { TransparencyLog } from './transparency-log.js';
import { leafOfHash } from './unlogged.js';

const WHY = 'whoever pays or audits checks without an account; nothing of a receipt can be read from its hash';
/** A mirror that reads all tiles of a year is served; a flood is not. */
const LIMIT = { most: 600, spanMs: 60_000, mostKeys: 10_000 };

@Injectable()
export class LogTraffic implements CanActivate {
  readonly #calls = new RateWindow(LIMIT);

  constructor(private readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const { ip = '' } = context.switchToHttp().getRequest<Request>();
    if (!this.#calls.take(addressKey(ip), this.clock.nowMs())) throw logProblem('log.tooFast');
    return true;
  }
}

/** The transparency log for anybody. Proofs are of sizes up to the present one; a checkpoint of that size need not exist. */
@ApiTags('log')
@UseGuards(LogTraffic)
@Controller('api/log')
export class LogController {
  constructor(
    private readonly transparency: TransparencyLog,
    private readonly database: Database,
  ) {}

  /** Name, keys with their history, and when it was begun anew. */
  @Public(WHY)
  @Get()
  @ApiOkResponse({ standardSchema: logView })
  about() {
    return this.database.read(async (reader) => {
      const { origin, rootPublicKey, sets } = await this.transparency.keyHistory(reader);
      const epochs = await this.transparency.epochs(reader);
      return {
        ...{ origin, demo: this.transparency.demo, size: await this.transparency.size(reader), rootPublicKey },
        keySets: sets,
        epochs: epochs.map(({ number, beganAtMs, size, reason }) => ({ number, beganAtMs, size, reason })),
      };
    });
  }

  /** The last checkpoint: the text to keep. */
  @Public(WHY)
  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-cache')
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  checkpoint() {
    return this.database.read(async (reader) => (await this.#last(reader)).signed);
  }

  /** The same text as a QR code. */
  @Public(WHY)
  @Get('checkpoint.svg')
  @Header('content-type', 'image/svg+xml')
  @Header('content-security-policy', 'sandbox')
  @Header('cache-control', 'no-cache')
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  checkpointQr() {
    return this.database.read(async (reader) => qrSvg((await this.#last(reader)).signed));
  }

  /** Hashes as C2SP tlog-tiles lays them out: `/tile/0/x001/067`, partial ones `/tile/1/000.p/12`. */
  @Public(WHY)
  @Get('tile/*path')
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async tile(@Param('path') path: string | readonly string[], @Res() response: Response): Promise<void> {
    const tile = parseTilePath(typeof path === 'string' ? path : path.join('/'));
    if (!tile) throw logProblem('log.unknownTile');
    const hashes = await this.database.read((reader) => this.transparency.tile(reader, tile, tile.width));
    response.setHeader('content-type', 'application/octet-stream');
    // What a tile says of so many leaves never changes.
    response.setHeader(
      'cache-control',
      `public, max-age=${tile.width === TILE_WIDTH ? 31_536_000 : 86_400}, immutable`,
    );
    response.end(hashes);
  }

  /** That a receipt is in the log: by the SHA-256 of its text, which whoever holds it can say, or by its number. */
  @Public(WHY)
  @Get('inclusion')
  @ApiOkResponse({ standardSchema: inclusionView })
  inclusion(@Query({ schema: inclusionQuery }) { sha256, number, size }: InclusionQuery) {
    return this.database.read(async (reader) => {
      const leaf =
        sha256 === undefined ? { number: number as number } : { hash: leafOfHash(Buffer.from(sha256, 'hex')) };
      const proof = await this.transparency.inclusion(reader, leaf, size ?? (await this.#last(reader)).size);
      return { ...proof, path: proof.path.map(toBase64) };
    });
  }

  /** That the log of `to` receipts continues that of `from`. Without `to`: the last checkpoint. */
  @Public(WHY)
  @Get('consistency')
  @ApiOkResponse({ standardSchema: consistencyView })
  consistency(@Query({ schema: consistencyQuery }) { from, to }: ConsistencyQuery) {
    return this.database.read(async (reader) => {
      const size = to ?? (await this.#last(reader)).size;
      const path = await this.transparency.consistency(reader, from, size);
      return { from, to: size, path: path.map(toBase64) };
    });
  }

  /** What this log says of a checkpoint that somebody kept. Who does not trust us asks for `consistency` and checks that. */
  @Public(WHY)
  @Post('check')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: checkView })
  async check(
    @Body({ schema: checkRequest }) { checkpoint }: CheckRequest,
    @Headers('accept-language') language: string | undefined,
  ) {
    const verdict = await this.database.read((reader) => this.transparency.check(reader, checkpoint));
    return { ...verdict, words: VERDICTS[verdict.verdict][pickLanguage(language)] };
  }

  async #last(reader: EntityManager): Promise<LogCheckpoint> {
    const last = await this.transparency.latestCheckpoint(reader);
    if (!last) throw logProblem('log.noCheckpoint');
    return last;
  }
}
