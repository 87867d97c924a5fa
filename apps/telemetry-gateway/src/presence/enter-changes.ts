import type { EventPayload } from '@fleet/event-envelope';
import {
  applyConnectionChanges,
  endPresence,
  type ConnectionChange,
  type FleetRedis,
  type PresenceEnd,
} from '@fleet/fleet-store';
import type { closedType } from './connection-events.ts';

/** What an event says of a connection, with the event itself if that is its end. */
export interface Noted {
  change: ConnectionChange;
  closed?: EventPayload<typeof closedType> | undefined;
}

const endOf = (closed: EventPayload<typeof closedType>): PresenceEnd => ({
  robotId: closed.robot_id,
  connectionId: closed.connection_id,
  reason: closed.reason,
  endedAt: Math.round(closed.disconnected_at * 1000),
});

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
  const closings = all.filter(({ closed }) => closed !== undefined);
  const ends = closings.flatMap(({ closed }) => (closed === undefined ? [] : [endOf(closed)]));
  const ended = ends.length === 0 ? [] : await endPresence(redis, ends);
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
