import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { ApprovalService } from './approval.service.js';
import { LibraryAudio } from './audio.service.js';
import { ItemController } from './item.controller.js';
import { ItemService } from './item.service.js';
import { ItemVersions } from './item.versions.js';
import { LibraryService } from './library.service.js';
import { MediaTools } from './media.tools.js';
import { UploadService } from './upload.service.js';

@Module({
  imports: [AreaModule, AccountModule],
  controllers: [ItemController],
  providers: [ApprovalService, ItemService, ItemVersions, LibraryAudio, LibraryService, MediaTools, UploadService],
  exports: [LibraryAudio, LibraryService, MediaTools],
})
export class LibraryModule {}
