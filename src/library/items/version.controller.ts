import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { libraryProblem } from '../problems.js';
import { type VersionsQuery, versionList, versionsQuery, versionView } from './item.api.js';
import { ItemService } from './item.service.js';

/** Every version stays readable; its sound and its file by `?version=`. */
@ApiTags('library')
@ApiBearerAuth()
@Controller('api/items/:id/versions')
export class VersionController {
  constructor(private readonly items: ItemService) {}

  @Needs('library.read')
  @Get()
  @ApiOkResponse({ standardSchema: versionList })
  list(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: versionsQuery }) { before }: VersionsQuery,
  ) {
    return this.items.versionsBefore(actor, id, before);
  }

  @Needs('library.read')
  @Get(':n')
  @ApiOkResponse({ standardSchema: versionView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('n') n: string) {
    if (!/^[1-9]\d{0,6}$/.test(n)) throw libraryProblem('library.versionUnknown');
    return this.items.version(actor, id, Number(n));
  }
}
