import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { NoticeCourier } from './courier.js';
import { DeliveryService } from './delivery.service.js';
import { InboxService } from './inbox.service.js';
import { MailSender } from './mail/mail.sender.js';
import { NoticeController } from './notice.controller.js';
import { Notices } from './notices.service.js';
import { PushKeys } from './push/push.keys.js';
import { PushSender } from './push/push.sender.js';
import { SubscriptionService } from './push/subscription.service.js';
import { NOTICE_SETTINGS, type NoticeSettings, PLAIN_SETTINGS, SETTINGS_IN_USE } from './settings.js';
import { Telling } from './telling.service.js';

@Module({
  imports: [AccountModule],
  controllers: [NoticeController],
  providers: [
    {
      provide: SETTINGS_IN_USE,
      inject: [{ token: NOTICE_SETTINGS, optional: true }],
      useFactory: (given?: NoticeSettings) => given ?? PLAIN_SETTINGS,
    },
    Notices,
    NoticeCourier,
    Telling,
    DeliveryService,
    InboxService,
    MailSender,
    PushKeys,
    PushSender,
    SubscriptionService,
  ],
  exports: [Notices, NoticeCourier],
})
export class NoticeModule {}
