import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type BoxQuery,
  type BoxScan,
  batchView,
  boxQuery,
  boxScan,
  boxView,
  type StockImport,
  stockImport,
} from './stock.api.js';
import { StockService } from './stock.service.js';

/** A code opens a box: it stays in no cache, and nothing in the page may run or be fetched. */
const PRIVATE = ['cache-control', 'private, no-store'] as const;

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Needs('fleet.manage')
  @Post('stock/batches')
  @ApiCreatedResponse({ standardSchema: batchView })
  import(@CurrentActor() actor: Actor, @Body({ schema: stockImport }) body: StockImport) {
    return this.stock.import(actor, body);
  }

  @Needs('fleet.read')
  @Get('stock/batches')
  @ApiOkResponse({ standardSchema: z.array(batchView) })
  batches(@CurrentActor() actor: Actor) {
    return this.stock.batches(actor);
  }

  /** Labels to print. */
  @Needs('fleet.manage')
  @Get('stock/batches/:id/labels.html')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-modals")
  @Header(...PRIVATE)
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string' } })
  labels(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.stock.sheet(actor, id);
  }

  @Needs('fleet.read')
  @Get('stock/boxes')
  @ApiOkResponse({ standardSchema: z.array(boxView) })
  boxes(@CurrentActor() actor: Actor, @Query({ schema: boxQuery }) query: BoxQuery) {
    return this.stock.boxes(actor, query);
  }

  /** What a technician's telephone has scanned. */
  @Needs('fleet.manage')
  @Post('stock/scans')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: boxView })
  scan(@CurrentActor() actor: Actor, @Body({ schema: boxScan }) body: BoxScan) {
    return this.stock.scan(actor, body.claim);
  }

  @Needs('fleet.manage')
  @Get('stock/boxes/:id/qr.svg')
  @Header('content-type', 'image/svg+xml')
  @Header('content-security-policy', 'sandbox')
  @Header(...PRIVATE)
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  boxQr(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.stock.boxQr(actor, id);
  }

  @Needs('fleet.manage')
  @Get('claims/:id/qr.svg')
  @Header('content-type', 'image/svg+xml')
  @Header('content-security-policy', 'sandbox')
  @Header(...PRIVATE)
  @ApiProduces('image/svg+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  claimQr(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.stock.claimQr(actor, id);
  }
}
