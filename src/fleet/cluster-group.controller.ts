import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor, CurrentActor, Needs } from '../platform/http/index.js';
import {
  type ClusterGroupChange,
  clusterGroupChange,
  clusterGroupView,
  type NewClusterGroup,
  newClusterGroup,
} from './cluster-group.api.js';
import { ClusterGroupService } from './cluster-group.service.js';

@ApiTags('fleet')
@ApiBearerAuth()
@Controller('api/cluster-groups')
export class ClusterGroupController {
  constructor(private readonly groups: ClusterGroupService) {}

  @Needs('fleet.read')
  @Get()
  @ApiOkResponse({ standardSchema: z.array(clusterGroupView) })
  list(@CurrentActor() actor: Actor) {
    return this.groups.list(actor);
  }

  @Needs('fleet.manage')
  @Post()
  @ApiCreatedResponse({ standardSchema: clusterGroupView })
  create(@CurrentActor() actor: Actor, @Body({ schema: newClusterGroup }) body: NewClusterGroup) {
    return this.groups.create(actor, body);
  }

  @Needs('fleet.manage')
  @Put(':id')
  @ApiOkResponse({ standardSchema: clusterGroupView })
  change(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: clusterGroupChange }) body: ClusterGroupChange,
  ) {
    return this.groups.change(actor, id, body);
  }

  @Needs('fleet.manage')
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@CurrentActor() actor: Actor, @Param('id') id: string) {
    return this.groups.delete(actor, id);
  }
}
