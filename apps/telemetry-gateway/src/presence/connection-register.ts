import type { EventStream, Subscription } from '@fleet/event-stream';
import { createTogether, registerEpoch, type FleetRedis } from '@fleet/fleet-store';
import { changeOf, closedType, endOf, establishedType } from './connection-events.ts';
import { enterChanges, type Noted } from './enter-changes.ts';

/**
 * The register of open connections: what the stream's own events say, kept in Redis by all gateways together. When
 * Redis has lost it, or may have lost a part of it, it is read again from the beginning of the stream.
 */
export interface ConnectionRegister {
  /** Follows the stream into the register that Redis has now. Rejects while Redis is away. */
  follow(): Promise<void>;
  /** Whether all that the stream holds is in the register; never in the first seconds after an outage. */
  caughtUp(): boolean;
  stop(): Promise<void>;
}

/**
 * What another gateway had in hand when it died comes again after this long. Twice that without a disturbance, and
 * what the subscription says of its lag holds for all of them.
 */
const ackWaitMs = 6000;
const forgetEpochAfterMs = 86_400_000;

export function createConnectionRegister(redis: FleetRedis, eventStream: EventStream): ConnectionRegister {
  let calmSince = performance.now();
  let lookedAt = calmSince;
  let knownReconnects = 0;
  let following: { epoch: string; subscription: Subscription } | undefined;
  const stopping = new AbortController();

  function subscribe(epoch: string): Subscription {
    const enter = createTogether<Noted>((noted) => enterChanges(redis, epoch, noted));
    return eventStream.subscribe({
      durable: `telemetry_gateway_connections_${epoch}`,
      types: [establishedType, closedType],
      from: 'all',
      // An epoch that nobody follows any more; should it be followed once more, everything is read again.
      forgetAfterMs: forgetEpochAfterMs,
      // The order of changes does not matter to the register, and those that come together are entered together.
      concurrency: 128,
      // What waits for Redis is no poison: it comes again for as long as it takes.
      maxDeliver: 1_000_000,
      ackWaitMs,
      async handle(event, delivery) {
        const change = changeOf(event, delivery.storedAt);
        if (change === undefined) return;
        if (redis.status === 'away')
          await redis.untilReady(AbortSignal.any([delivery.signal, stopping.signal]));
        await enter({ change, end: endOf(event) });
      },
    });
  }

  const isDisturbed = (): boolean => redis.status === 'away' || !eventStream.ready;
  const disturb = (): void => void (calmSince = performance.now());
  const offStatus = redis.onStatus(disturb);

  /** Notices also what was over before anybody looked. */
  function look(): void {
    const { reconnects } = eventStream.status();
    if (isDisturbed() || reconnects !== knownReconnects || performance.now() - lookedAt > ackWaitMs)
      disturb();
    knownReconnects = reconnects;
    lookedAt = performance.now();
  }

  return {
    async follow() {
      if (!eventStream.enabled || stopping.signal.aborted) return;
      look();
      const epoch = await registerEpoch(redis);
      if (following?.epoch === epoch) return;
      disturb();
      const before = following;
      following = { epoch, subscription: subscribe(epoch) };
      await before?.subscription.drain();
    },
    caughtUp() {
      if (following === undefined || isDisturbed()) return false;
      if (eventStream.status().reconnects !== knownReconnects) return false;
      if (performance.now() - calmSince < ackWaitMs * 2) return false;
      const { lag, inHand } = following.subscription.status();
      return lag === 0 && inHand === 0;
    },
    async stop() {
      // What waits for Redis goes back to the others.
      stopping.abort(new Error('presence is stopping'));
      offStatus();
      const last = following;
      following = undefined;
      await last?.subscription.drain();
    },
  };
}
