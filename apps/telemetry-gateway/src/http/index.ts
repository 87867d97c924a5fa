export { createRoutes, type GatewayRoutesParts } from './create-routes.ts';
export type { LedgerReport } from './to-answers.ts';
export { exceptOpenPaths } from './open-paths.ts';
