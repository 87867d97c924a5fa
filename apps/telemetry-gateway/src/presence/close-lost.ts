import { setTimeout as pause } from 'node:timers/promises';
import type { EventStream } from '@fleet/event-stream';
import {
  connectionOwners,
  endPresence,
  forgetGateways,
  holdRegister,
  inChunks,
  knownRobots,
  lastBeatOf,
  openConnectionsOf,
  readPresence,
  type FleetRedis,
  type GatewayBeats,
  type OpenConnection,
} from '@fleet/fleet-store';
import { closedEvent, closedType, type Producer } from './connection-events.ts';
import type { ConnectionRegister } from './connection-register.ts';
import type { PresenceLog } from './presence-log.ts';

export interface CloseLostParts {
  redis: FleetRedis;
  eventStream: EventStream;
  register: ConnectionRegister;
  isLost: (processId: string) => boolean;
  producer: Producer;
  log: PresenceLog;
  leaseMs: number;
  onClosed: (count: number) => void;
}

const atOnce = 100;
const robotsAtOnce = 500;
const betweenPagesMs = 20;
const publishWithinMs = 10_000;
/** A lost process's own closings may still be in the outbox; this long they go first. */
const outboxPatienceMs = 60_000;
const rememberGoneMs = 3_600_000;

/**
 * Closes what lost gateway processes have left open, as of their last heartbeat. Presence follows from the
 * stored events. What a lost process had claimed and the stream never heard of is ended in presence alone.
 */
export function createCloseLost(parts: CloseLostParts): {
  run(beats: GatewayBeats, signal: AbortSignal): Promise<void>;
} {
  const { redis, eventStream, register, isLost, producer, log, leaseMs, onClosed } = parts;
  // Stored, and perhaps not yet back in the register: not to be told again.
  const told = new Map<string, number>();
  // Redis may lose them: then this process still knows when it last heard of another.
  const heard = new Map<string, number>();
  // Lost processes that hold no robot in presence any more.
  const cleared = new Set<string>();
  let blockedSince: number | undefined;

  const outboxIsInTheWay = (now: number): boolean => {
    if ((eventStream.status().outbox?.entries ?? 0) === 0) {
      blockedSince = undefined;
      return false;
    }
    blockedSince ??= now;
    return now - blockedSince < outboxPatienceMs;
  };

  const endOf = (connectedAt: number, lastBeat: number | undefined): number =>
    Math.max(lastBeat ?? connectedAt, connectedAt);

  async function tell(
    connection: OpenConnection,
    lastBeat: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { robotId, connectionId } = connection;
    const connectedAt = connection.connectedAt * 1000;
    const endedAt = endOf(connectedAt, lastBeat);
    const event = closedEvent({ robotId, connectionId, connectedAt }, 'gateway_lost', endedAt, producer);
    const within = AbortSignal.any([signal, AbortSignal.timeout(publishWithinMs)]);
    await eventStream.publish(closedType, event.payload, { ...event.options, signal: within });
    told.set(connectionId, Date.now());
  }

  /** Whether a process is still as lost as it was, and this one may act for it. */
  const mayActFor = async (processId: string, lastBeat: number | undefined): Promise<boolean> =>
    (await lastBeatOf(redis, processId)) === lastBeat &&
    register.caughtUp() &&
    (await holdRegister(redis, producer.processId, leaseMs));

  async function closeAllOf(processId: string, signal: AbortSignal): Promise<number> {
    const lastBeat = await lastBeatOf(redis, processId);
    let closed = 0;
    for await (const connections of openConnectionsOf(redis, processId)) {
      const left = connections.filter(({ connectionId }) => !told.has(connectionId));
      for (const some of inChunks(left, atOnce)) {
        if (!(await mayActFor(processId, lastBeat))) return closed;
        const telling = some.map((each) => tell(each, lastBeat ?? heard.get(processId), signal));
        // One that cannot be told of is no reason for the others to stay open.
        const settled = await Promise.allSettled(telling);
        closed += settled.filter(({ status }) => status === 'fulfilled').length;
        const failure = settled.find((each) => each.status === 'rejected');
        if (signal.aborted) return closed;
        if (failure !== undefined)
          log.warn({ err: failure.reason as unknown }, 'a lost connection is not closed yet');
      }
    }
    return closed;
  }

  /**
   * Ends what presence knows of lost processes' connections, reading all robots once; those in the register end the same
   * way by their closings. Says which processes hold no robot any more.
   */
  async function clearAllOf(processIds: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const lastBeats = new Map<string, number | undefined>();
    for (const id of processIds) lastBeats.set(id, await lastBeatOf(redis, id));
    for (let after: string | undefined; ;) {
      const robotIds = await knownRobots(redis, after, robotsAtOnce);
      after = robotIds.at(-1);
      if (after === undefined) return [...lastBeats.keys()];
      const records = (await readPresence(redis, robotIds)).filter((record) => record !== undefined);
      for (const [processId, lastBeat] of lastBeats) {
        const left = records.filter((each) => each.processId === processId && each.ended === undefined);
        if (left.length === 0) continue;
        if (!(await mayActFor(processId, lastBeat))) {
          lastBeats.delete(processId);
          continue;
        }
        await endPresence(
          redis,
          left.map(({ robotId, connectionId, instance, connectedAt }) => ({
            ...{ robotId, connectionId, instance, connectedAt },
            reason: 'gateway_lost',
            endedAt: endOf(connectedAt, lastBeat ?? heard.get(processId)),
          })),
        );
      }
      // There may be many, and others want something of Redis too.
      await pause(betweenPagesMs, undefined, { signal });
    }
  }

  async function forgetLongGone(
    beats: GatewayBeats,
    owners: ReadonlyMap<string, number>,
    now: number,
  ): Promise<void> {
    const gone = [...heard].filter(
      ([id, at]) =>
        !owners.has(id) && isLost(id) && now - at > rememberGoneMs && (cleared.has(id) || !beats.has(id)),
    );
    const ids = gone.map(([id]) => id);
    await forgetGateways(redis, ids);
    for (const id of ids) {
      heard.delete(id);
      cleared.delete(id);
    }
  }

  return {
    async run(beats, signal) {
      const now = Date.now();
      for (const [connectionId, at] of told) if (now - at > 300_000) told.delete(connectionId);
      for (const [id, at] of beats) heard.set(id, at);
      // Taken for lost, and back.
      for (const id of cleared) if (!isLost(id)) cleared.delete(id);
      if (!eventStream.enabled || !register.caughtUp()) return;
      const owners = await connectionOwners(redis);
      await forgetLongGone(beats, owners, now);
      const known = new Set([...owners.keys(), ...[...heard.keys()].filter((id) => !cleared.has(id))]);
      const lost = [...known].filter((id) => id !== producer.processId && isLost(id));
      if (lost.length === 0 || outboxIsInTheWay(now)) return;
      if (!(await holdRegister(redis, producer.processId, leaseMs))) return;
      for (const processId of lost) {
        const closed = owners.has(processId) ? await closeAllOf(processId, signal) : 0;
        if (closed === 0) continue;
        onClosed(closed);
        log.warn({ processId, connections: closed }, 'closed what a lost gateway left open');
      }
      const uncleared = lost.filter((id) => !cleared.has(id));
      if (uncleared.length === 0) return;
      for (const id of await clearAllOf(uncleared, signal)) cleared.add(id);
    },
  };
}
