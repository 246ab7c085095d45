import { Module } from '@nestjs/common';
import { AreaController } from './area.controller.js';
import { AreaService } from './area.service.js';
import { LanguageProfileController } from './language-profile.controller.js';
import { LanguageProfileService } from './language-profile.service.js';

@Module({
  controllers: [AreaController, LanguageProfileController],
  providers: [AreaService, LanguageProfileService],
  exports: [AreaService],
})
export class AreaModule {}
