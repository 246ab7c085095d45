import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, type RequestWithActor } from '../platform/http/index.js';
import { pickLanguage } from '../platform/i18n/index.js';
import { InboxService } from './inbox.service.js';
import {
  type InboxQuery,
  inboxCount,
  inboxPage,
  inboxQuery,
  type NewSubscription,
  newSubscription,
  type PreferenceChange,
  preferenceChange,
  preferenceView,
  pushKeyView,
  subscriptionView,
} from './notice.api.js';
import { PushKeys } from './push/push.keys.js';
import { SubscriptionService } from './push/subscription.service.js';

/** Everything here is one's own, so a login is all that it needs. */
@ApiTags('notices')
@ApiBearerAuth()
@Controller('api')
export class NoticeController {
  constructor(
    private readonly inbox: InboxService,
    private readonly subscriptions: SubscriptionService,
    private readonly keys: PushKeys,
  ) {}

  @Get('notices')
  @ApiOkResponse({ standardSchema: inboxPage })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: inboxQuery }) query: InboxQuery,
    @Req() request: RequestWithActor,
  ) {
    return this.inbox.page(actor, query, pickLanguage(request.headers['accept-language']));
  }

  @Get('notices/count')
  @ApiOkResponse({ standardSchema: inboxCount })
  count(@CurrentActor() actor: Actor) {
    return this.inbox.count(actor);
  }

  @Get('notices/preferences')
  @ApiOkResponse({ standardSchema: preferenceView })
  preferences(@CurrentActor() actor: Actor) {
    return this.inbox.preferences(actor);
  }

  @Put('notices/preferences')
  @ApiOkResponse({ standardSchema: preferenceView })
  prefer(@CurrentActor() actor: Actor, @Body({ schema: preferenceChange }) body: PreferenceChange) {
    return this.inbox.prefer(actor, body);
  }

  @Post('notices/:id/seen')
  @HttpCode(204)
  @ApiNoContentResponse()
  async seen(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<void> {
    await this.inbox.seen(actor, id);
  }

  @Get('push-key')
  @ApiOkResponse({ standardSchema: pushKeyView })
  async pushKey() {
    return { key: await this.keys.publicKey() };
  }

  @Get('push-subscriptions')
  @ApiOkResponse({ standardSchema: z.array(subscriptionView) })
  subscribed(@CurrentActor() actor: Actor) {
    return this.subscriptions.list(actor);
  }

  @Post('push-subscriptions')
  @ApiCreatedResponse({ standardSchema: subscriptionView })
  subscribe(@CurrentActor() actor: Actor, @Body({ schema: newSubscription }) body: NewSubscription) {
    return this.subscriptions.subscribe(actor, body);
  }

  @Delete('push-subscriptions/:id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async unsubscribe(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<void> {
    await this.subscriptions.unsubscribe(actor, id);
  }
}
