import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, linkNextPage, Needs } from '../../platform/http/index.js';
import { foundItem, type ItemQuery, itemQuery } from './search.api.js';
import { SearchService } from './search.service.js';

@ApiTags('library')
@ApiBearerAuth()
@Controller('api/items')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  /** A page. The address of the next one, if there is one, stands in the `Link` header (RFC 8288, `rel="next"`). */
  @Needs('library.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(foundItem) })
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: itemQuery }) query: ItemQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { items, next } = await this.search.page(actor, query);
    linkNextPage(request, response, next);
    return items;
  }
}
