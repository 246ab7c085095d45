import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type ConfirmationLinkQuery,
  type ConfirmationLinkRenewal,
  confirmationLinkQuery,
  confirmationLinkRenewal,
  confirmationLinkView,
  issuedConfirmationLink,
  type NewConfirmationLink,
  newConfirmationLink,
} from './link.api.js';
import { ConfirmationLinkService } from './link.service.js';

@ApiTags('confirmations')
@ApiBearerAuth()
@Controller('api/confirmation-links')
export class ConfirmationLinkController {
  constructor(private readonly links: ConfirmationLinkService) {}

  /** The page of a hamlet head. The only answer that holds its address. */
  @Needs('confirmation.manage')
  @Post()
  @Header('cache-control', 'no-store')
  @ApiCreatedResponse({ standardSchema: issuedConfirmationLink })
  create(@CurrentActor() actor: Actor, @Body({ schema: newConfirmationLink }) body: NewConfirmationLink) {
    return this.links.create(actor, body);
  }

  /** With telephone numbers, so only for whoever makes them. */
  @Needs('confirmation.manage')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(confirmationLinkView) })
  list(@CurrentActor() actor: Actor, @Query({ schema: confirmationLinkQuery }) query: ConfirmationLinkQuery) {
    return this.links.list(actor, query);
  }

  /** A new address for the same head; the old one ends at once. */
  @Needs('confirmation.manage')
  @Post(':id/renew')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOkResponse({ standardSchema: issuedConfirmationLink })
  renew(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: confirmationLinkRenewal }) body: ConfirmationLinkRenewal,
  ) {
    return this.links.renew(actor, id, body);
  }

  @Needs('confirmation.manage')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  revoke(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.links.revoke(actor, id);
  }
}
