import { Body, Controller, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs, Public, type RequestWithActor } from '../platform/http/index.js';
import {
  accountView,
  type EmailChange,
  emailChange,
  type LoginRequest,
  loginAnswer,
  loginRequest,
  meView,
  type NewAccount,
  newAccount,
  type SetupRequest,
  setupRequest,
} from './account.api.js';
import { SESSION_COOKIE, tokenOf } from './account.guard.js';
import { AccountService } from './account.service.js';
import { SessionService } from './session.service.js';

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('api')
export class AccountController {
  constructor(
    private readonly accounts: AccountService,
    private readonly sessions: SessionService,
  ) {}

  @Public('makes the first account; needs the code of the log')
  @Post('setup')
  @ApiCreatedResponse({ standardSchema: accountView })
  setUp(@Body({ schema: setupRequest }) body: SetupRequest) {
    return this.accounts.setUp(body);
  }

  @Public('this is where one logs in')
  @Post('login')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: loginAnswer })
  async logIn(
    @Body({ schema: loginRequest }) body: LoginRequest,
    @Req() request: RequestWithActor,
    @Res({ passthrough: true }) response: Response,
  ) {
    const answer = await this.sessions.logIn(body.login, body.password, request.ip ?? '');
    response.cookie(SESSION_COOKIE, answer.token, {
      httpOnly: true,
      sameSite: 'strict',
      secure: request.secure,
      path: '/',
      expires: new Date(answer.expiresAtMs),
    });
    return answer;
  }

  @Post('logout')
  @HttpCode(204)
  async logOut(@Req() request: RequestWithActor, @Res({ passthrough: true }) response: Response): Promise<void> {
    const token = tokenOf(request);
    if (token) await this.sessions.logOut(token);
    response.clearCookie(SESSION_COOKIE, { path: '/' });
  }

  @Get('me')
  @ApiOkResponse({ standardSchema: meView })
  me(@CurrentActor() actor: Actor) {
    return this.accounts.me(actor);
  }

  /** One's own address for notices; null takes it away. */
  @Put('me/email')
  @ApiOkResponse({ standardSchema: meView })
  setEmail(@CurrentActor() actor: Actor, @Body({ schema: emailChange }) body: EmailChange) {
    return this.accounts.setEmail(actor, body.email);
  }

  @Needs('account.read')
  @Get('accounts')
  @ApiOkResponse({ standardSchema: z.array(accountView) })
  list(@CurrentActor() actor: Actor) {
    return this.accounts.list(actor);
  }

  @Needs('account.manage')
  @Post('accounts')
  @ApiCreatedResponse({ standardSchema: accountView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newAccount }) body: NewAccount) {
    return this.accounts.create(actor, body);
  }
}
