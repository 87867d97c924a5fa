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
  /** The connection is over: its numbers count, and it takes the session from nobody. */
  readonly isOver?: boolean | undefined;
}

/**
 * `behind`: saved, and an earlier holder has left numbers that this one may not know: open the session again.
 * `taken_over`: another connection holds the session now; the numbers are laid beside for it. `away`: Redis did not answer,
 * or could not save it.
 */
export type SaveOutcome = 'saved' | 'behind' | 'taken_over' | 'away';

// What was laid beside is gone with this: the opener has it, and saves it with the next of its own.
const openScript = createScript<string[]>(
  `
  redis.call('HSET', KEYS[1], 'holder', ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  local fields = redis.call('HGETALL', KEYS[1])
  local numbers = {}
  for i = 1, #fields, 2 do
    if fields[i] ~= 'holder' then table.insert(numbers, fields[i + 1]) end
    if string.sub(fields[i], 1, 5) == 'late:' then redis.call('HDEL', KEYS[1], fields[i]) end
  end
  return numbers
  `,
  1,
);

// A session without a holder is one that Redis has lost; the connection that still has its numbers brings it back.
const saveScript = createScript<0 | 1 | 2>(
  `
  local ttl, saver, numbers = ARGV[1], ARGV[2], ARGV[3]
  local holder = redis.call('HGET', KEYS[1], 'holder')
  if (holder and holder ~= saver) or (not holder and ARGV[4] == 'over') then
    local late = 'late:' .. saver
    if redis.call('HLEN', KEYS[1]) < 10 or redis.call('HEXISTS', KEYS[1], late) == 1 then
      redis.call('HSET', KEYS[1], late, numbers)
      redis.call('EXPIRE', KEYS[1], ttl)
    end
    return 0
  end
  redis.call('HSET', KEYS[1], 'holder', saver, 'numbers', numbers)
  redis.call('EXPIRE', KEYS[1], ttl)
  return redis.call('HLEN', KEYS[1]) > 2 and 2 or 1
  `,
  1,
);

/** By what the script says of a session. */
const outcomes = { 0: 'taken_over', 1: 'saved', 2: 'behind' } as const satisfies Record<number, SaveOutcome>;

/**
 * Makes the connection the session's holder and says what is stored so far: what its holders saved, and what was left
 * by those who confirmed while Redis was away and came too late to save it. All of it is true of the session.
 * Rejects while Redis is away.
 */
export const openSession = async (
  redis: FleetRedis,
  { robotId, session, holder }: SessionHold,
  ttlSeconds: number,
): Promise<SessionNumbers[]> => {
  const texts = await openScript.runSoon(redis, [keys.sequence(robotId, session)], [holder, ttlSeconds]);
  return texts.map((text) => JSON.parse(text) as SessionNumbers);
};

/** Saves many sessions in one round trip, in the order given. Never rejects. */
export const saveSessions = async (
  redis: FleetRedis,
  saves: readonly SessionSave[],
  ttlSeconds: number,
): Promise<SaveOutcome[]> => {
  const settled = await saveScript.runBatched(
    redis,
    saves.map(({ robotId, session, holder, numbers, isOver }) => ({
      keys: [keys.sequence(robotId, session)],
      args: [ttlSeconds, holder, JSON.stringify(numbers), isOver === true ? 'over' : 'open'],
    })),
  );
  return settled.map((each) => (each.status === 'fulfilled' ? outcomes[each.value] : 'away'));
};
