import type { FleetRedis } from '../connect-redis.ts';
import { keys } from '../keys.ts';
import { createScript } from '../script.ts';
import type { SessionNumbers } from './session-numbers.ts';

/** A connection's hold on a session: whoever opened it last has it. */
export interface SessionHold {
  readonly robotId: string;
  readonly session: string;
  /** Unique for each connection. */
  readonly holder: string;
}

export interface SessionSave extends SessionHold {
  readonly numbers: SessionNumbers;
}

/** `taken_over`: another connection holds the session now, and nothing was saved. `away`: Redis did not answer. */
export type SaveOutcome = 'saved' | 'taken_over' | 'away';

const openScript = createScript<string | null>(
  `
  redis.call('HSET', KEYS[1], 'holder', ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return redis.call('HGET', KEYS[1], 'numbers')
  `,
  1,
);

// A session without a holder is one that Redis has lost; the connection that still has its numbers brings it back.
const saveScript = createScript<number>(
  `
  local holder = redis.call('HGET', KEYS[1], 'holder')
  if holder and holder ~= ARGV[1] then return 0 end
  redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'numbers', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return 1
  `,
  1,
);

/** Makes the connection the session's holder and says what is stored so far. Rejects while Redis is away. */
export const openSession = async (
  redis: FleetRedis,
  { robotId, session, holder }: SessionHold,
  ttlSeconds: number,
): Promise<SessionNumbers | undefined> => {
  const text = await openScript.run(redis, [keys.sequence(robotId, session)], [holder, ttlSeconds]);
  return text === null ? undefined : (JSON.parse(text) as SessionNumbers);
};

/** Saves many sessions in one round trip, in the order given. Never rejects. */
export const saveSessions = async (
  redis: FleetRedis,
  saves: readonly SessionSave[],
  ttlSeconds: number,
): Promise<SaveOutcome[]> => {
  const replies = await saveScript.runMany(
    redis,
    saves.map(({ robotId, session, holder, numbers }) => ({
      keys: [keys.sequence(robotId, session)],
      args: [holder, JSON.stringify(numbers), ttlSeconds],
    })),
  );
  return replies.map((reply) => {
    if (reply.status === 'rejected') return 'away';
    return reply.value === 1 ? 'saved' : 'taken_over';
  });
};
