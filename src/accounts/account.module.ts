import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AreaModule } from '../areas/index.js';
import { AccountController } from './account.controller.js';
import { AccountGuard } from './account.guard.js';
import { AccountService } from './account.service.js';
import { Audit } from './audit.service.js';
import { SessionService } from './session.service.js';

@Module({
  imports: [AreaModule],
  controllers: [AccountController],
  providers: [AccountService, SessionService, Audit, { provide: APP_GUARD, useClass: AccountGuard }],
  exports: [AccountService, Audit],
})
export class AccountModule {}
