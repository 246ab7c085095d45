import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  issuedLink,
  type LinkQuery,
  type LinkRenewal,
  linkQuery,
  linkRenewal,
  linkView,
  type NewLink,
  newLink,
} from './request-link.api.js';
import { RequestLinkService } from './request-link.service.js';

@ApiTags('requests')
@ApiBearerAuth()
@Controller('api/request-links')
export class RequestLinkController {
  constructor(private readonly links: RequestLinkService) {}

  /** The only answer that holds the address. */
  @Needs('request.manage')
  @Post()
  @ApiCreatedResponse({ standardSchema: issuedLink })
  create(@CurrentActor() actor: Actor, @Body({ schema: newLink }) body: NewLink) {
    return this.links.create(actor, body);
  }

  @Needs('request.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(linkView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: linkQuery }) query: LinkQuery) {
    return this.links.list(actor, query);
  }

  /** A new address for the same sender; the old one ends at once. */
  @Needs('request.manage')
  @Post(':id/renew')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: issuedLink })
  renew(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: linkRenewal }) body: LinkRenewal) {
    return this.links.renew(actor, id, body);
  }

  @Needs('request.manage')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.links.revoke(actor, id);
  }
}
