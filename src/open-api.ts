import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import { assemblePlatform, dispatchSettingsOf } from './assemble.js';
import type { Config } from './config/index.js';
import { openApiOf } from './platform/http/index.js';
import { silentLog } from './platform/logging/index.js';

/** The API's description, from the routes alone: nothing is started, no file or socket is touched. */
export async function openApi(config: Config): Promise<OpenAPIObject> {
  const platform = assemblePlatform(config, silentLog);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(platform, dispatchSettingsOf(config)), {
    logger: false,
    bodyParser: false,
  });
  await app.init();
  const document = openApiOf(app);
  await app.close();
  return document;
}
