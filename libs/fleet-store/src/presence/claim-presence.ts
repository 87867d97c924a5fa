import { keys } from '../keys.ts';
import type { FleetRedis } from '../connect-redis.ts';
import { createScript, type ScriptCall } from '../script.ts';
import { countTakeoverLua, isNewerLua } from './presence-lua.ts';
import type { PresenceClaim } from './presence-record.ts';

/** More takeovers than `limit` within a minute are a fight; a return within `graceMs` of a shutdown is no break. */
export interface ClaimRules {
  takeoverLimit: number;
  graceMs: number;
  /**
   * Not the gateway that holds the sockets claims, but somebody who has it from the stream: this takes only robots that
   * nobody holds and whose last connection was older.
   */
  isHearsay?: boolean;
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

/** A minute of takeovers, counted by the server's clock. */
const script = createScript<Reply>(
  `
local held = redis.call('HMGET', KEYS[1], 'connection', 'process', 'connected_at', 'ended_at', 'since', 'reason')
local connection, process, connectedAt = ARGV[1], ARGV[2], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function answer(verdict, otherConnection, otherProcess, since)
  local count, delay, limit = 0, 0, tonumber(ARGV[8])
  for index, at in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
    local left = tonumber(at) + 60000 - now
    if left > 0 then
      count = index
      if index == limit + 1 then delay = left end
    end
  end
  return { verdict, otherConnection, otherProcess, count, delay, since }
end

${isNewerLua}
local isHearsay = ARGV[10] == '1'
if held[1] == connection then
  if held[4] then return answer('ended', '', '', '0') end
  if not isHearsay then
    redis.call('HSET', KEYS[1], 'last_seen', ARGV[5], 'protocol', ARGV[6], 'session', ARGV[7])
  end
  return answer('held', '', '', held[5])
end
local isOpen = held[1] and not held[4]
-- Of two in the same millisecond a process claims for the one that it has let in last.
local isOwn = not isHearsay and held[2] == process and tonumber(held[3]) == connectedAt
local isOlder = held[1] and not isOwn and isNewer(held[1], held[3], connection, connectedAt)
if isOpen and isOlder or isHearsay and (isOpen or isOlder) then return answer('lost', held[1], held[2], '0') end

local since, displaced, displacedProcess = ARGV[4], '', ''
if isOpen then
  since, displaced, displacedProcess = held[5], held[1], held[2]
  ${countTakeoverLua}
elseif held[1] and held[6] == 'server_shutdown' and connectedAt - tonumber(held[4]) <= tonumber(ARGV[9]) then
  since = held[5]
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'connection', connection, 'process', process, 'instance', ARGV[3],
  'connected_at', ARGV[4], 'last_seen', ARGV[5], 'protocol', ARGV[6], 'session', ARGV[7], 'since', since)
return answer('taken', displaced, displacedProcess, since)
`,
  2,
);

const callOf = (claim: PresenceClaim, rules: ClaimRules): ScriptCall => ({
  keys: [keys.presence(claim.robotId), keys.takeovers(claim.robotId)],
  args: [
    claim.connectionId,
    claim.processId,
    claim.instance,
    claim.connectedAt,
    claim.lastSeenAt,
    claim.protocol ?? '',
    claim.session ?? '',
    rules.takeoverLimit,
    rules.graceMs,
    rules.isHearsay === true ? 1 : 0,
  ],
});

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
  const calls = claims.map((claim) => callOf(claim, rules));
  const settled = await script.runBatched(redis, calls);
  return settled.map((each) => (each.status === 'fulfilled' ? outcomeOf(each.value) : undefined));
}
