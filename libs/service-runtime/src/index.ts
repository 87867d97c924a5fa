export { authRules, authSettings, type AuthSettings } from './auth/auth-settings.ts';
export { bearerTokenOf } from './auth/bearer-token.ts';
export { createFileKeys } from './auth/file-keys.ts';
export type { KeyLog, KeySource } from './auth/key-source.ts';
export { createRemoteKeys, type RemoteKeysOptions } from './auth/remote-keys.ts';
export { requireScope } from './auth/require-scope.ts';
export { insufficientScope, invalidToken, missingToken, TokenError } from './auth/token-error.ts';
export {
  createTokenVerifier,
  tokenVerifierOf,
  type Identity,
  type TokenRules,
  type TokenVerifier,
} from './auth/token-verifier.ts';
export { startAdminServer, type AdminServerOptions } from './health/admin-server.ts';
export {
  createReadiness,
  type DependencyStatus,
  type Readiness,
  type ReadinessReport,
  type ServiceState,
} from './health/readiness.ts';
export { createApi, type ApiOptions } from './http/create-api.ts';
export {
  openApiDocument,
  problemResponses,
  problemSchema,
  schemaOf,
  type OpenApiParts,
} from './http/openapi.ts';
export { ProblemError, type Problem } from './http/problem-error.ts';
export { rawProblem } from './http/raw-problem.ts';
export { startHttpServer, type HttpServerOptions, type StartedServer } from './http/start-http-server.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { Lifecycle, StoppingError, type LifecycleLog } from './process/lifecycle.ts';
export { runService, type Service, type ServiceTools } from './process/run-service.ts';
export { registerReadMetrics, type ReadMetric } from './read-metrics.ts';
export { createRegistry } from './registry.ts';
export { commonRules, commonSettings, type CommonSettings } from './settings/common-settings.ts';
export {
  eventStreamConnectionOf,
  redisConnectionOf,
  type EventStreamConnection,
  type RedisConnection,
} from './settings/connections-of.ts';
export type { Field } from './settings/field.ts';
export {
  addresses,
  flag,
  integer,
  list,
  milliseconds,
  natsServers,
  oneOf,
  port,
  seconds,
  text,
  url,
  urls,
} from './settings/fields.ts';
export { origins } from './settings/origins.ts';
export {
  parseSettings,
  SettingsError,
  type SettingsMistake,
  type SettingsRule,
} from './settings/parse-settings.ts';
export { readableFile } from './settings/readable-file.ts';
