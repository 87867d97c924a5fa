export { createRoutes, type GatewayRoutesParts } from './create-routes.ts';
export type { LedgerReport } from './to-answers.ts';
export { exceptRobotsDoor } from './robots-door.ts';
