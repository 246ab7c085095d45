import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import { type LanguageProfileChange, languageProfileChange, languageProfileView } from './language-profile.api.js';
import { LanguageProfileService } from './language-profile.service.js';

@ApiTags('areas')
@ApiBearerAuth()
@Controller('api/areas/:id/languages')
export class LanguageProfileController {
  constructor(private readonly profiles: LanguageProfileService) {}

  /** The profile in force: the area's own, or that of the commune which a hamlet follows. */
  @Needs('area.read')
  @Get()
  @ApiOkResponse({ standardSchema: languageProfileView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.profiles.get(actor, id);
  }

  @Needs('area.manage')
  @Put()
  @ApiOkResponse({ standardSchema: languageProfileView })
  set(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: languageProfileChange }) body: LanguageProfileChange,
  ) {
    return this.profiles.set(actor, id, body.languages);
  }
}
