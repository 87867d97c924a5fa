import { z } from 'zod';
import { PresenceAwayError, type PresenceKeeper } from '../presence/index.ts';
import { presenceStates, robotAnswer, robotsAnswer } from './answers.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { ParameterError, type QueryParameter } from './parameters.ts';
import { route, type Route } from './route.ts';
import { storeAway, unknownRobot } from './robot-problems.ts';
import { toListedRobot, toRobot, type LedgerReport } from './to-answers.ts';

export interface RobotRoutesParts {
  presence: Pick<PresenceKeeper, 'presenceOf' | 'list'>;
  ledgerOf: (robotId: string) => LedgerReport | undefined;
}

const limit: QueryParameter<number> = {
  schema: z.int().min(1).max(500),
  kind: 'number',
  description: 'a whole number from 1 to 500',
};
const cursor: QueryParameter<string> = {
  schema: z.string().min(1).max(128),
  kind: 'text',
  description: 'the next_cursor of the page before',
};
const state: QueryParameter<(typeof presenceStates)[number]> = {
  schema: z.enum(presenceStates),
  kind: 'text',
  description: `one of ${presenceStates.join(', ')}`,
};

function positionOf(text: string): string {
  const robotId = readCursor(text);
  if (robotId !== undefined) return robotId;
  throw new ParameterError([{ parameter: 'cursor', detail: `expected ${cursor.description}` }]);
}

async function orStoreAway<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof PresenceAwayError ? storeAway(error) : error;
  }
}

/** Who is connected. */
export const robotRoutes = ({ presence, ledgerOf }: RobotRoutesParts): Route[] => [
  route({
    path: '/robots',
    operationId: 'listRobots',
    summary: 'The robots ever seen, with their presence',
    query: { limit, cursor, state },
    answer: robotsAnswer,
    errors: [503],
    async serve({ query }) {
      const after = query.cursor === undefined ? undefined : positionOf(query.cursor);
      const wanted = { limit: query.limit ?? 100, cursor: after, state: query.state };
      const { robots, nextCursor } = await orStoreAway(presence.list(wanted));
      return {
        robots: robots.map(toListedRobot),
        next_cursor: nextCursor === undefined ? null : writeCursor(nextCursor),
      };
    },
  }),
  route({
    path: '/robots/:robot_id',
    operationId: 'getRobot',
    summary: "A robot's presence, and how its connection fares",
    query: {},
    answer: robotAnswer,
    errors: [404, 503],
    async serve({ robotId }) {
      const known = await orStoreAway(presence.presenceOf(robotId));
      if (known === undefined) throw unknownRobot();
      return toRobot(known, ledgerOf(robotId));
    },
  }),
];
