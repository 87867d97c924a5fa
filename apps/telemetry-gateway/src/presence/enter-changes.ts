import {
  applyConnectionChanges,
  endPresence,
  rememberRobots,
  type ConnectionChange,
  type FleetRedis,
  type PresenceEnd,
} from '@fleet/fleet-store';

/** What an event says of a connection, and what presence is to know if that is its end. */
export interface Noted {
  change: ConnectionChange;
  end?: PresenceEnd | undefined;
}

/** The robots, too, are among those ever seen: a gateway may have died before it said so. */
async function endAll(redis: FleetRedis, ends: readonly PresenceEnd[]): Promise<(boolean | undefined)[]> {
  const robotIds = ends.map(({ robotId }) => robotId);
  const [ended] = await Promise.all([endPresence(redis, ends), rememberRobots(redis, robotIds)]);
  return ended;
}

/**
 * Enters changes into presence and then into the register of an epoch, in two round trips at most; gives for each why it
 * was not entered. However a connection ended, presence learns it from here at the latest.
 */
export async function enterChanges(
  redis: FleetRedis,
  epoch: string,
  all: readonly Noted[],
): Promise<(Error | undefined)[]> {
  const failures = new Map<Noted, Error>();
  const closings = all.filter(({ end }) => end !== undefined);
  const ended = await endAll(
    redis,
    closings.flatMap(({ end }) => end ?? []),
  );
  for (const [index, noted] of closings.entries()) {
    if (ended[index] === undefined)
      failures.set(noted, new Error('presence did not take the end of a connection'));
  }
  const remaining = all.filter((noted) => !failures.has(noted));
  const entered = await applyConnectionChanges(
    redis,
    epoch,
    remaining.map(({ change }) => change),
  );
  if (entered === undefined) throw new Error(`the register of connections is no longer of epoch ${epoch}`);
  for (const [index, noted] of remaining.entries()) {
    if (entered[index] !== true) failures.set(noted, new Error('the register did not take a connection'));
  }
  return all.map((noted) => failures.get(noted));
}
