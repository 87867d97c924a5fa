import type { FleetRedis } from '../connect-redis.ts';
import { inChunks } from '../in-chunks.ts';
import { keys } from '../keys.ts';
import { createScript, type ScriptArgument, type ScriptCall } from '../script.ts';
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
// One that cannot be saved is no reason for the others not to be.
const saveScript = createScript<SaveReply[]>(
  `
  local ttl = ARGV[1]
  local function save(key, saver, numbers, isOver)
    local holder = redis.call('HGET', key, 'holder')
    if (holder and holder ~= saver) or (not holder and isOver) then
      local late = 'late:' .. saver
      if redis.call('HLEN', key) < 10 or redis.call('HEXISTS', key, late) == 1 then
        redis.call('HSET', key, late, numbers)
        redis.call('EXPIRE', key, ttl)
      end
      return 0
    end
    redis.call('HSET', key, 'holder', saver, 'numbers', numbers)
    redis.call('EXPIRE', key, ttl)
    return redis.call('HLEN', key) > 2 and 2 or 1
  end
  local replies = {}
  for i, key in ipairs(KEYS) do
    local saver, numbers, over = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
    local done, reply = pcall(save, key, saver, numbers, over == 'over')
    replies[i] = done and reply or -1
  end
  return replies
  `,
);

/** What the script says of a session; -1 where it could not be saved. */
type SaveReply = -1 | 0 | 1 | 2;

const outcomeOf: Readonly<Record<SaveReply, SaveOutcome>> = {
  [-1]: 'away',
  0: 'taken_over',
  1: 'saved',
  2: 'behind',
};

/** Redis does nothing else while it saves these: for a fraction of a millisecond. */
const savesAtOnce = 100;

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
  // The keys of a cluster lie on several servers.
  const batches = inChunks(saves, redis.commands.isCluster ? 1 : savesAtOnce);
  const replies = await saveScript.runMany(
    redis,
    batches.map((batch) => callFor(batch, ttlSeconds)),
  );
  return batches.flatMap((batch, at) => {
    const reply = replies[at];
    if (reply?.status === 'fulfilled') return reply.value.map((each) => outcomeOf[each]);
    return batch.map((): SaveOutcome => 'away');
  });
};

const callFor = (batch: readonly SessionSave[], ttlSeconds: number): ScriptCall => {
  const args: ScriptArgument[] = [ttlSeconds];
  for (const { holder, numbers, isOver } of batch) {
    args.push(holder, JSON.stringify(numbers), isOver === true ? 'over' : 'open');
  }
  return { keys: batch.map(({ robotId, session }) => keys.sequence(robotId, session)), args };
};
