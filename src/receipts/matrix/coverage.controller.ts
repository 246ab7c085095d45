import { createHash } from 'node:crypto';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { type Actor, CurrentActor, linkNextPage, Needs } from '../../platform/http/index.js';
import { type CellQuery, cellQuery, cellView } from './cell.api.js';
import { CellService } from './cell.service.js';
import { type CoverageQuery, coverageQuery, coverageView } from './coverage.api.js';
import { CoverageService } from './coverage.service.js';

@ApiTags('receipts')
@ApiBearerAuth()
@Controller('api/plan-lines')
export class CoverageController {
  constructor(
    private readonly coverage: CoverageService,
    private readonly cells: CellService,
  ) {}

  /** With an ETag, so that a page may ask every other second for little. */
  @Needs('coverage.read')
  @Get(':id/coverage')
  @ApiOkResponse({ standardSchema: coverageView })
  async ofLine(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: coverageQuery }) query: CoverageQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const view = await this.coverage.ofLine(actor, id, query);
    const tag = `"${createHash('sha256').update(JSON.stringify(view)).digest('base64url')}"`;
    response.setHeader('etag', tag);
    response.setHeader('cache-control', 'private, no-cache');
    if (request.headers['if-none-match'] !== tag) return view;
    response.status(304);
    return undefined;
  }

  /**
   * One cell: the clusters that served the hamlet, their plays with the receipts behind them, what heads of hamlets heard, and what was
   * brought by hand. Asked as the matrix is, it is the cell of that matrix. The next page of plays stands in the `Link` header
   * (`rel="next"`); all else is the same on each.
   */
  @Needs('coverage.read')
  @Get(':id/coverage/:itemId/:hamletId')
  @ApiOkResponse({ standardSchema: cellView })
  async ofCell(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('itemId') itemId: string,
    @Param('hamletId') hamletId: string,
    @Query({ schema: cellQuery }) query: CellQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { view, next } = await this.cells.of(actor, id, { itemId, hamletId }, query);
    linkNextPage(request, response, next);
    return view;
  }
}
