import type { EventStream } from '@fleet/event-stream';
import { keys, releaseRegister, type FleetRedis, type PresenceRecord } from '@fleet/fleet-store';
import { createAliveness } from './aliveness.ts';
import { createCloseLost } from './close-lost.ts';
import { createClosings } from './closings.ts';
import { createConnectionRegister } from './connection-register.ts';
import { createConnectionsHere } from './connections-here.ts';
import { createFights } from './fights.ts';
import { startKeepingAlive } from './keep-alive.ts';
import { claimOf } from './local-connection.ts';
import type { PresenceCounts } from './presence-counts.ts';
import type { PresenceKeeper } from './presence-keeper.ts';
import type { PresenceLog } from './presence-log.ts';
import { createPresenceReader } from './presence-reader.ts';
import { presenceTimes, type PresenceSettings } from './presence-settings.ts';
import { createPresenceWriter } from './presence-writer.ts';
import { createProcessWatch } from './process-watch.ts';

export interface PresenceParts {
  redis: FleetRedis;
  eventStream: EventStream;
  instance: string;
  /** A UUID, new at each start of the process. */
  processId: string;
  log: PresenceLog;
  settings: PresenceSettings;
}

/** Much shorter than the ten minutes in which the stream knows a repeated id. */
const duplicateWindowMs = 300_000;

/** Starts keeping presence. Nothing here waits for Redis or the event stream, and neither's absence hurts a socket. */
export function startPresence(parts: PresenceParts): PresenceKeeper & { counts(): Readonly<PresenceCounts> } {
  const { redis, eventStream, log, instance, processId } = parts;
  const times = presenceTimes(parts.settings);
  const { beatMs, lostAfterMs, takeoverLimit } = times;
  const producer = { instance, processId };
  const counts: PresenceCounts = { takeovers: 0, contested: 0, lostClosed: 0, declaredLost: 0 };

  const fights = createFights(takeoverLimit);
  const watch = createProcessWatch({ lostAfterMs, gapMs: beatMs * 2.5 });
  const isLost = (id: string): boolean => id !== processId && watch.isLost(id, performance.now());
  const alivenessRules = { suspectAfterMs: beatMs * 1.7, settleMs: lostAfterMs * 2, duplicateWindowMs };
  const aliveness = createAliveness(alivenessRules, Date.now());
  const closings = createClosings({ eventStream, aliveness, producer, now: Date.now });
  const connections = createConnectionsHere({ redis, eventStream, closings, fights, producer, counts, log });

  const writer = createPresenceWriter({
    redis,
    rules: times,
    claimNow(robotId) {
      const local = connections.ofRobot(robotId);
      return local && claimOf(local, producer);
    },
    onOutcome: (claim, outcome) => connections.heard(claim, outcome),
    onDisplaced: connections.displaced,
  });
  const claimAll = (): Promise<void> => {
    for (const { robotId } of connections.all()) writer.claim(robotId);
    return writer.flush();
  };
  const register = createConnectionRegister({
    ...{ redis, eventStream, processId, rules: times, log },
    onDisplaced: connections.displaced,
    onLost: claimAll,
  });
  const onClosed = (count: number): void => void (counts.lostClosed += count);
  const lost = { redis, eventStream, register, isLost, producer, log, leaseMs: lostAfterMs, onClosed };
  const closeLost = createCloseLost(lost);

  const subscriber = redis.createSubscriber();
  subscriber.subscribe(keys.gatewayChannel(processId), (message) => connections.told(message));
  const alive = startKeepingAlive({
    ...{ redis, eventStream, processId, times, watch, aliveness, register },
    ...{ closings, connections, claimAll, writer, closeLost, log },
  });

  const here = (robotId: string): PresenceRecord | undefined => {
    const local = connections.ofRobot(robotId);
    if (local === undefined) return undefined;
    const takeovers = fights.countOf(robotId, Date.now());
    return { ...claimOf(local, producer), since: local.since, takeovers };
  };
  const reader = createPresenceReader({ redis, rules: times, here, isLost });

  return {
    open(connection) {
      connections.open(connection);
      writer.claim(connection.robotId);
      void writer.flush();
    },
    fightingDelayMs(robotId) {
      const now = Date.now();
      const delayMs = fights.delayMs(robotId, now);
      if (delayMs === 0) return 0;
      counts.contested++;
      if (fights.isNews(robotId, now)) log.warn({ robotId, delayMs }, 'robots fight for one id');
      return delayMs;
    },
    seen(robotId, connectionId, atMs) {
      const local = connections.ofRobot(robotId);
      if (local?.connectionId !== connectionId) return;
      local.lastSeenAt = Math.max(local.lastSeenAt, atMs);
      writer.touch(robotId);
    },
    closed(connectionId, reason) {
      const endedAt = Date.now();
      const ended = connections.end(connectionId, reason, endedAt);
      if (ended === undefined) return;
      writer.end(claimOf(ended, producer), reason, endedAt);
      void writer.flush();
    },
    presenceOf: (robotId) => reader.presenceOf(robotId),
    list: (query) => reader.list(query),
    counts: () => counts,
    async stop() {
      const quietly = (err: unknown): void => log.debug({ err }, 'presence did not stop cleanly');
      await alive.stop();
      await writer.flush();
      // The heartbeat stays behind: should a closing be lost after all, the others know when this process was alive.
      await register.stop().catch(quietly);
      if (redis.status === 'ready') await releaseRegister(redis, processId).catch(quietly);
      await subscriber.stop();
    },
  };
}
