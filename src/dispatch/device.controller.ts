import { createHash } from 'node:crypto';
import { Get, Header, Inject, Param, Req, Res, Controller as Routes, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { PlannedPlay } from '../../devices/protocol/index.js';
import { type Controller, CurrentDevice, DeviceGuard } from '../fleet/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/database/index.js';
import { Public, sendFile } from '../platform/http/index.js';
import { KeyRing } from '../platform/keys/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { AssetService } from './asset.service.js';
import { PublishedHead } from './dispatch.entity.js';
import { localDays } from './engine/days.js';
import { m3u8, xspf } from './engine/playlists.js';
import { PartService } from './part.service.js';
import { dispatchProblem } from './problems.js';
import { DISPATCH_SETTINGS, type DispatchSettings } from './settings.js';

const pulledPlan = z.object({ keySet: z.string(), head: z.string().nullable() });

/** For devices that pull instead of subscribing: the same signed bytes. */
@ApiTags('devices')
@ApiBearerAuth()
@Public('devices prove themselves with their own token, checked by DeviceGuard')
@UseGuards(DeviceGuard)
@Routes('api/device/v1')
export class DeviceController {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly assets: AssetService,
    private readonly store: ContentStore,
    private readonly parts: PartService,
    private readonly clock: Clock,
    @Inject(DISPATCH_SETTINGS) private readonly settings: DispatchSettings,
  ) {}

  /** Key set and plan head, with an ETag: 304 while nothing changed. */
  @Get('plan')
  @Header('cache-control', 'private, no-cache')
  @ApiOkResponse({ standardSchema: pulledPlan })
  async plan(
    @CurrentDevice() device: Controller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const head = await this.database.read((reader) => reader.findOneBy(PublishedHead, { controllerId: device.id }));
    // A new key set must reach a device whose plan stays the same.
    const keys = createHash('sha256').update(this.keys.keySet).digest('base64url').slice(0, 16);
    const tag = `"${head?.version ?? 0}-${keys}"`;
    response.setHeader('etag', tag);
    if (request.headers['if-none-match'] === tag) {
      response.status(304);
      return undefined;
    }
    return { keySet: this.keys.keySet, head: head ? this.keys.renewed('vang-plan', head.signed) : null };
  }

  /** What lies ahead today, as a playlist for players that know no plan (with `Basic`: device and token). */
  @Get('playlist.m3u8')
  @Header('content-type', 'application/vnd.apple.mpegurl; charset=utf-8')
  @Header('cache-control', 'private, no-cache')
  @ApiOkResponse({ description: 'extended M3U' })
  async m3u8(@CurrentDevice() device: Controller, @Req() request: Request): Promise<string> {
    return m3u8(await this.#ahead(device), assetUrl(request));
  }

  @Get('playlist.xspf')
  @Header('content-type', 'application/xspf+xml; charset=utf-8')
  @Header('cache-control', 'private, no-cache')
  @ApiOkResponse({ description: 'XSPF 1' })
  async xspf(@CurrentDevice() device: Controller, @Req() request: Request): Promise<string> {
    return xspf(await this.#ahead(device), assetUrl(request));
  }

  async #ahead(device: Controller): Promise<PlannedPlay[]> {
    const nowMs = this.clock.nowMs();
    const today = localDays(nowMs, this.settings.zone, 1)[0]?.day ?? '';
    const head = await this.database.read((reader) => reader.findOneBy(PublishedHead, { controllerId: device.id }));
    const part = head?.parts[today];
    const plays = part ? await this.parts.playsOf(part) : [];
    return plays.filter(({ startMs, latestEndMs }) => startMs >= (head?.sinceMs ?? 0) && latestEndMs > nowMs);
  }

  /** An asset by its SHA-256, with Range (RFC 9110 §14) and a strong ETag. */
  @Get('assets/:sha256')
  @ApiOkResponse({ description: 'the bytes' })
  async asset(@Param('sha256') sha256: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const asset = /^[0-9a-f]{64}$/.test(sha256) ? await this.assets.find(sha256) : null;
    if (!asset) throw dispatchProblem('asset.unknown');
    response.setHeader('content-type', asset.type);
    response.setHeader('etag', `"${sha256}"`);
    response.setHeader('cache-control', 'private, max-age=31536000, immutable');
    // Asked here, because express answers whole to the `no-cache` that a fetch() adds to such a question.
    if (request.headers['if-none-match'] === `"${sha256}"`) {
      response.status(304).end();
      return;
    }
    await sendFile(response, this.store.path(sha256));
  }
}

/** Beside the address by which it was asked, so that it holds behind a proxy too. */
const assetUrl =
  (request: Request) =>
  (sha256: string): string =>
    `${request.protocol}://${request.get('host')}/api/device/v1/assets/${sha256}`;
