import { Body, Controller, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import {
  challengeAnswer,
  challengeRequest,
  enrolmentAnswer,
  type KeyChange,
  keyChange,
  type TokenRequest,
  tokenAnswer,
  tokenRequest,
} from '../../../devices/protocol/index.js';
import { Public } from '../../platform/http/index.js';
import { DeviceKeys } from './device-keys.service.js';
import { EnrolmentDoor } from './enrolment.door.js';

/** For a device that lost its token, or changes its key. */
@ApiTags('devices')
@Public('a device without a token proves itself with its key')
@UseInterceptors(EnrolmentDoor)
@Controller('api/device/v1')
export class DeviceKeysController {
  constructor(private readonly keys: DeviceKeys) {}

  @Post('challenges')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: challengeAnswer })
  challenge(@Body({ schema: challengeRequest }) body: z.infer<typeof challengeRequest>) {
    return this.keys.challenge(body.device);
  }

  @Post('tokens')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: tokenAnswer })
  token(@Body({ schema: tokenRequest }) body: TokenRequest) {
    return this.keys.renewToken(body);
  }

  @Post('keys')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: enrolmentAnswer })
  key(@Body({ schema: keyChange }) body: KeyChange) {
    return this.keys.changeKey(body);
  }
}
