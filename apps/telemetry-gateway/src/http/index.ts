export { createRoutes, type GatewayRoutesParts } from './create-routes.ts';
export type { LedgerReport } from './to-answers.ts';
