import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { Problem, pickLanguage, problemRegistry } from '../i18n/index.js';
import type { Log } from '../logging/index.js';
import type { RequestWithActor } from './actor.js';
import { loggedPath } from './logged-path.js';
import { httpProblem } from './problems.js';

/** Every error leaves as RFC 9457 problem+json with a stable code and a title in the reader's language. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<RequestWithActor>();
    const response = http.getResponse<Response>();
    const problem = asProblem(thrown);
    if (problem.status >= 500)
      this.log.error({ err: thrown, requestId: request.requestId, path: loggedPath(request.path) }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(problem.status).type('application/problem+json').json(problemBody(problem, request));
  }
}

export function problemBody(problem: Problem, request: RequestWithActor) {
  const language = pickLanguage(request.headers['accept-language']);
  return {
    type: `https://vang.invalid/problems/${problem.code}`,
    title: problem.title(language),
    status: problem.status,
    code: problem.code,
    ...(problem.errors.length > 0
      ? {
          errors: problem.errors.map((error) => ({
            ...error,
            title: problemRegistry.get(error.code)?.[language] ?? error.code,
          })),
        }
      : {}),
    requestId: request.requestId,
  };
}

function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (isDiskFull(thrown)) return httpProblem('service.diskFull');
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOf(thrown);
  if (status === 404) return httpProblem('request.notFound');
  if (status === 413) return httpProblem('request.tooLarge');
  if (status !== undefined && status < 500) return httpProblem('request.refused');
  return httpProblem('service.fault');
}

/** From the file system, from SQLite, and from TypeORM around it. */
function isDiskFull(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if ('code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'SQLITE_FULL')) return true;
  return 'driverError' in thrown && isDiskFull(thrown.driverError);
}

/** Errors of the body parsers carry a status. */
function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  return typeof thrown.status === 'number' ? thrown.status : undefined;
}
