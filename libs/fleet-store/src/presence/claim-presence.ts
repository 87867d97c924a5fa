import { keys } from '../keys.ts';
import type { FleetRedis } from '../connect-redis.ts';
import { inChunks } from '../in-chunks.ts';
import { createScript, type ScriptArgument, type ScriptCall } from '../script.ts';
import type { PresenceClaim } from './presence-record.ts';

/** More takeovers than `limit` within a minute are a fight; a return within `graceMs` of a shutdown is no break. */
export interface ClaimRules {
  takeoverLimit: number;
  graceMs: number;
}

/** What became of a claim. */
export interface ClaimOutcome {
  /**
   * - `taken`: the claim holds now, and did not before;
   * - `held`: it held already;
   * - `lost`: a newer connection holds;
   * - `ended`: this very connection has been declared ended by somebody else.
   */
  verdict: 'taken' | 'held' | 'lost' | 'ended';
  /** The open connection that was displaced (`taken`), or that holds (`lost`). */
  other?: { connectionId: string; processId: string };
  /** Takeovers of the robot in the last minute. */
  takeovers: number;
  /** Since when the robot has been there without a break, Unix milliseconds; 0 unless the claim holds. */
  since: number;
  /** How long until the robot's takeovers are within the limit again; 0 while they are. */
  fightingDelayMs: number;
}

type Reply = [
  ClaimOutcome['verdict'],
  connection: string,
  process: string,
  takeovers: number,
  delay: number,
  since: string,
];

/** Nothing for a claim that could not be made. */
type Replies = (Reply | null)[];

// A minute of takeovers, counted by the server's clock. A claim that cannot be made is no reason for the others not to be.
const script = createScript<Replies>(
  `
local limit, graceMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function fighting(takeovers)
  local count, delay = 0, 0
  for index, at in ipairs(redis.call('LRANGE', takeovers, 0, -1)) do
    local left = tonumber(at) + 60000 - now
    if left > 0 then
      count = index
      if index == limit + 1 then delay = left end
    end
  end
  return count, delay
end

local function claim(presence, takeovers, connection, process, instance, connectedAtText, lastSeen, protocol, session)
  local held = redis.call('HMGET', presence, 'connection', 'process', 'connected_at', 'ended_at', 'since', 'reason')
  local connectedAt = tonumber(connectedAtText)

  local function answer(verdict, otherConnection, otherProcess, since)
    local count, delay = fighting(takeovers)
    return { verdict, otherConnection, otherProcess, count, delay, since }
  end

  if held[1] == connection then
    if held[4] then return answer('ended', '', '', '0') end
    redis.call('HSET', presence, 'last_seen', lastSeen)
    return answer('held', '', '', held[5])
  end

  local since, displaced, displacedProcess = connectedAtText, '', ''
  if held[1] and not held[4] then
    local heldAt = tonumber(held[3])
    if heldAt > connectedAt or (heldAt == connectedAt and held[1] > connection) then
      return answer('lost', held[1], held[2], '0')
    end
    since, displaced, displacedProcess = held[5], held[1], held[2]
    redis.call('LPUSH', takeovers, now)
    redis.call('LTRIM', takeovers, 0, 63)
    redis.call('PEXPIRE', takeovers, 60000)
  elseif held[1] and held[6] == 'server_shutdown' and connectedAt - tonumber(held[4]) <= graceMs then
    since = held[5]
  end
  redis.call('DEL', presence)
  redis.call('HSET', presence, 'connection', connection, 'process', process, 'instance', instance,
    'connected_at', connectedAtText, 'last_seen', lastSeen, 'protocol', protocol, 'session', session, 'since', since)
  return answer('taken', displaced, displacedProcess, since)
end

local replies = {}
for i = 1, #KEYS / 2 do
  local done, reply = pcall(claim, KEYS[2 * i - 1], KEYS[2 * i], unpack(ARGV, 7 * i - 4, 7 * i + 2))
  replies[i] = done and reply or false
end
return replies
`,
);

/** Redis does nothing else while it makes these: for a millisecond or so. */
const claimsAtOnce = 100;

const callFor = (batch: readonly PresenceClaim[], rules: ClaimRules): ScriptCall => {
  const args: ScriptArgument[] = [rules.takeoverLimit, rules.graceMs];
  for (const claim of batch) {
    args.push(claim.connectionId, claim.processId, claim.instance, claim.connectedAt, claim.lastSeenAt);
    args.push(claim.protocol ?? '', claim.session ?? '');
  }
  return { keys: batch.flatMap(({ robotId }) => [keys.presence(robotId), keys.takeovers(robotId)]), args };
};

const outcomeOf = ([
  verdict,
  connectionId,
  processId,
  takeovers,
  fightingDelayMs,
  since,
]: Reply): ClaimOutcome => ({
  verdict,
  takeovers,
  fightingDelayMs,
  since: Number(since),
  ...(connectionId === '' ? {} : { other: { connectionId, processId } }),
});

/**
 * Claims robots for their connections, each atomically, in one round trip. The newest open connection of a robot wins,
 * by the time it was opened and then by its id, whatever the order in which claims arrive; one that has ended never
 * wins. Claiming again what is held changes nothing, so a claim may be repeated after any failure. A claim that
 * failed is `undefined`: it may have been carried out.
 */
export async function claimPresence(
  redis: FleetRedis,
  claims: readonly PresenceClaim[],
  rules: ClaimRules,
): Promise<(ClaimOutcome | undefined)[]> {
  // Where there is a cluster, only the keys of one robot lie together.
  const batches = inChunks(claims, redis.commands.isCluster ? 1 : claimsAtOnce);
  const replies = await script.runMany(
    redis,
    batches.map((batch) => callFor(batch, rules)),
  );
  return batches.flatMap((batch, at) => {
    const reply = replies[at];
    if (reply?.status !== 'fulfilled') return batch.map(() => undefined);
    return reply.value.map((each) => (each === null ? undefined : outcomeOf(each)));
  });
}
