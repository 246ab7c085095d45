import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { LibraryModule } from '../library/index.js';
import { NoticeModule } from '../notices/index.js';
import { DraftService } from './desk/draft.service.js';
import { RequestController } from './desk/request.controller.js';
import { RequestNotices } from './desk/request.notices.js';
import { RequestService } from './desk/request.service.js';
import { FileService } from './intake/file.service.js';
import { IntakeService } from './intake/intake.service.js';
import { PublicRequestController } from './intake/public.controller.js';
import { PublicTraffic } from './intake/public-traffic.js';
import { RequestLinkController } from './links/request-link.controller.js';
import { RequestLinkService } from './links/request-link.service.js';
import { PublicRecordingController, RecordingLinkController } from './recordings/recording.controller.js';
import { RecordingLinkService } from './recordings/recording-link.service.js';
import { TakeService } from './recordings/take.service.js';

@Module({
  imports: [AreaModule, AccountModule, NoticeModule, LibraryModule],
  controllers: [
    PublicRecordingController,
    PublicRequestController,
    RecordingLinkController,
    RequestController,
    RequestLinkController,
  ],
  providers: [
    DraftService,
    FileService,
    IntakeService,
    PublicTraffic,
    RecordingLinkService,
    RequestLinkService,
    RequestNotices,
    RequestService,
    TakeService,
  ],
  exports: [FileService],
})
export class RequestModule {}
