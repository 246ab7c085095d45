import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import { type NearestQuery, nearest, nearestQuery, type PlaceChange, placeChange, placeView } from './place.api.js';
import { PlaceService } from './place.service.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api')
export class PlaceController {
  constructor(private readonly places: PlaceService) {}

  @Needs('fleet.read')
  @Get('clusters/:id')
  @ApiOkResponse({ standardSchema: placeView })
  get(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.places.get(actor, id);
  }

  @Needs('fleet.manage')
  @Patch('clusters/:id')
  @ApiOkResponse({ standardSchema: placeView })
  change(@CurrentActor() actor: Actor, @Param('id') id: string, @Body({ schema: placeChange }) body: PlaceChange) {
    return this.places.change(actor, id, body);
  }

  @Needs('fleet.manage')
  @Get('places/nearest')
  @ApiOkResponse({ standardSchema: nearest })
  nearest(@CurrentActor() actor: Actor, @Query({ schema: nearestQuery }) query: NearestQuery) {
    return this.places.nearest(actor, query);
  }
}
