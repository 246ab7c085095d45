import { Body, Controller, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/http/index.js';
import { Unlisted } from '../../platform/links/index.js';
import { askedSession, type HeadAnswer, headAnswer, hearingView } from './hearing.api.js';
import { HearingService } from './hearing.service.js';

@ApiTags('confirmations')
@UseInterceptors(Unlisted)
@Controller('api/public/hearings')
export class HearingController {
  constructor(private readonly hearing: HearingService) {}

  @Public('the address is the key: a hamlet head has no account')
  @Get(':token')
  @ApiOkResponse({ standardSchema: hearingView })
  page(@Param('token') token: string) {
    return this.hearing.page(token);
  }

  /** The same answer again is the same one, so a lost answer may be sent again; another one corrects it within an hour. */
  @Public('the address is the key; limited by link and by address')
  @Post(':token/sessions/:session')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: askedSession })
  answer(
    @Param('token') token: string,
    @Param('session') session: string,
    @Body({ schema: headAnswer }) body: HeadAnswer,
  ) {
    return this.hearing.answer(token, session, body);
  }
}
