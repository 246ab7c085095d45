export { type Actor, accessMetadata, CurrentActor, Needs, Public, type RequestWithActor } from './actor.js';
export { HealthController, Readiness } from './health.controller.js';
export { Metrics, MetricsController } from './metrics.controller.js';
export { problemBody } from './problem.filter.js';
export { httpProblem } from './problems.js';
export { PublicAddress } from './public-address.js';
export { sendFile } from './send-file.js';
export { configureHttp, openApiOf, serveOpenApi } from './server.js';
