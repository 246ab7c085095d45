import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { json, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Log } from '../logging/index.js';
import { ProblemFilter } from './problem.filter.js';
import { httpProblem } from './problems.js';
import { requestId } from './request-id.js';

/** JSON bodies; files are streamed by the routes that take them. */
const JSON_LIMIT = '1mb';

const KEEP_ALIVE_MS = 75_000;

export function configureHttp(app: NestExpressApplication, log: Log): void {
  // Longer than proxies and clients keep an idle connection, else they send into one that is just being closed.
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
  app.disable('x-powered-by');
  app.use(requestId(log));
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
          imgSrc: ["'self'", 'data:'],
          // What was recorded in the page a moment ago, to be listened to before it is sent.
          mediaSrc: ["'self'", 'blob:'],
        },
      },
      // An office without HTTPS on its own network must still reach the page; HSTS belongs to the proxy that has the certificate.
      strictTransportSecurity: false,
    }),
  );
  app.use(json({ limit: JSON_LIMIT, reviver: withoutNul }), refuseNulInAddress);
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({
      exceptionFactory: (issues) =>
        httpProblem('request.invalid').withErrors(
          issues.slice(0, 50).map((issue) => ({
            at: (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
            code: 'field.invalid',
            detail: issue.message,
          })),
        ),
    }),
  );
  app.useGlobalFilters(new ProblemFilter(log));
}

/** PostgreSQL keeps no NUL in text, and no person types one: refused at the door instead of failing in a query. */
function withoutNul(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && value.includes('\0')) throw new SyntaxError('NUL in a text');
  return value;
}

function refuseNulInAddress(request: Request, _response: Response, next: NextFunction): void {
  next(/%00/i.test(request.url) ? httpProblem('request.refused') : undefined);
}

export function openApiOf(app: NestExpressApplication): OpenAPIObject {
  const document = new DocumentBuilder()
    .setTitle('Vang')
    .setDescription(
      'Lịch phát thanh cơ sở và bằng chứng phát. Broadcast schedules for commune loudspeakers, with proof of every play.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
  return SwaggerModule.createDocument(app, document, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}

/** The description at /api/openapi.json, made when somebody first asks. */
export function serveOpenApi(app: NestExpressApplication): void {
  SwaggerModule.setup('api', app, () => openApiOf(app), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'api/openapi.json',
  });
}
