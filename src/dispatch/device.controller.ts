import { createHash } from 'node:crypto';
import { Get, Header, Param, Req, Res, Controller as Routes, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Controller, CurrentDevice, DeviceGuard } from '../fleet/index.js';
import { Database } from '../platform/database/index.js';
import { Public, sendFile } from '../platform/http/index.js';
import { KeyRing } from '../platform/keys/index.js';
import { ContentStore } from '../platform/storage/index.js';
import { AssetService } from './asset.service.js';
import { PublishedHead } from './dispatch.entity.js';
import { dispatchProblem } from './problems.js';

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
    return { keySet: this.keys.keySet, head: head?.signed ?? null };
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
