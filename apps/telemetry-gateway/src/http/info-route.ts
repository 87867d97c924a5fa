import { infoAnswer } from './answers.ts';
import { route, type Route } from './route.ts';

export interface InfoParts {
  info: {
    name: string;
    version: string;
    instance: string;
    protocols: string[];
    features: Record<string, boolean>;
  };
  connectionsHere: () => number;
}

export const infoRoute = ({ info, connectionsHere }: InfoParts): Route =>
  route({
    path: '/info',
    operationId: 'getInfo',
    summary: 'This instance, and what it can do',
    query: {},
    answer: infoAnswer,
    errors: [],
    serve: () => ({ ...info, active_connections: connectionsHere() }),
  });
