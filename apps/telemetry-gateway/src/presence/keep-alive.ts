import type { EventStream } from '@fleet/event-stream';
import { beat, lookUpConnections, type FleetRedis, type GatewayBeats } from '@fleet/fleet-store';
import type { Aliveness } from './aliveness.ts';
import type { createCloseLost } from './close-lost.ts';
import { wasClosed, type Closings } from './closings.ts';
import type { ConnectionRegister } from './connection-register.ts';
import type { ConnectionsHere } from './connections-here.ts';
import type { PresenceLog } from './presence-log.ts';
import type { PresenceTimes } from './presence-settings.ts';
import type { PresenceWriter } from './presence-writer.ts';
import type { ProcessWatch } from './process-watch.ts';
import { every } from './repeat.ts';

export interface KeepAliveParts {
  redis: FleetRedis;
  eventStream: Pick<EventStream, 'enabled'>;
  processId: string;
  times: PresenceTimes;
  watch: ProcessWatch;
  aliveness: Aliveness;
  register: ConnectionRegister;
  closings: Closings;
  connections: ConnectionsHere;
  /** Claims the robots of all connections of this process. */
  claimAll: () => Promise<void>;
  writer: PresenceWriter;
  closeLost: ReturnType<typeof createCloseLost>;
  log: PresenceLog;
}

/** Everything that presence does without being asked: beating, writing, checking, and closing for the lost. */
export function startKeepingAlive(parts: KeepAliveParts): { stop(): Promise<void> } {
  const { redis, eventStream, processId, times, watch, aliveness, register } = parts;
  const { closings, connections, claimAll, writer, closeLost, log } = parts;
  const stopping = new AbortController();
  let beats: GatewayBeats = new Map();

  async function onBeat(): Promise<void> {
    if (redis.status === 'away') return;
    const sentAt = Date.now();
    beats = await beat(redis, processId, sentAt);
    watch.observe(beats, performance.now());
    aliveness.beaten(sentAt);
  }

  /** Looks our connections up where others would have closed them. */
  async function verify(): Promise<void> {
    if (!eventStream.enabled || !register.caughtUp()) return;
    const ids = connections.all().map(({ connectionId }) => connectionId);
    const states = await lookUpConnections(redis, [...ids, ...closings.held()]);
    const now = Date.now();
    const suspectSince = aliveness.suspectSince(now);
    for (const local of connections.all()) {
      const state = states.get(local.connectionId);
      if (wasClosed(state, local.connectedAt, suspectSince, now)) connections.declaredLost(local);
    }
    // First under the suspicion that holds the closings back, then without it.
    closings.settle(states);
    aliveness.verified(now);
    closings.settle(states);
  }

  async function tendRegister(): Promise<void> {
    if (redis.status === 'away') return;
    await register.follow(stopping.signal);
    if (aliveness.suspectSince(Date.now()) !== undefined) await verify();
    await closeLost.run(beats, stopping.signal);
  }

  async function reconcile(): Promise<void> {
    await claimAll();
    if (redis.status === 'ready') await verify();
  }

  const saidAt = new Map<string, number>();
  const failed = (work: string) => (err: unknown) => {
    const now = performance.now();
    // That nothing works without Redis is said by its connection.
    const isNews =
      !stopping.signal.aborted && redis.status === 'ready' && now - (saidAt.get(work) ?? -Infinity) > 60_000;
    if (isNews) saidAt.set(work, now);
    log[isNews ? 'warn' : 'debug']({ err, work }, 'presence work failed');
  };
  const works = [
    every(times.beatMs, onBeat, failed('beat')),
    every(times.beatMs, tendRegister, failed('register')),
    every(times.reconcileMs, reconcile, failed('reconcile')),
  ];
  const touching = every(times.touchMs, () => writer.flushTouches(), failed('touch'));
  const begin = (): void => works.forEach((work) => work.now());
  const offStatus = redis.onStatus((status) => {
    if (status === 'ready') begin();
  });
  begin();

  return {
    async stop() {
      offStatus();
      stopping.abort(new Error('presence is stopping'));
      await Promise.all([...works, touching].map((work) => work.stop()));
    },
  };
}
