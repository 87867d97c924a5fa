import { setTimeout as pause } from 'node:timers/promises';
import { NotNowError, type EventStream, type Subscription } from '@fleet/event-stream';
import { createTogether, registerEpoch } from '@fleet/fleet-store';
import { changeOf, closedType, endOf, establishedType, openingOf } from './connection-events.ts';
import { enterChanges, EpochOverError, type EnterParts, type Noted } from './enter-changes.ts';
import type { PresenceLog } from './presence-log.ts';

/**
 * The register of open connections: what the stream's own events say, kept in Redis by all gateways together. When
 * Redis has lost it, or may have lost a part of it, it is read again from the beginning of the stream.
 */
export interface ConnectionRegister {
  /**
   * Follows the stream into the register that Redis has now. Takes some seconds when Redis has lost it, or until the signal
   * says that it is not wanted any more. Rejects while Redis is away.
   */
  follow(signal: AbortSignal): Promise<void>;
  /** Whether all that the stream holds is in the register; never in the first seconds after an outage. */
  caughtUp(): boolean;
  stop(): Promise<void>;
}

export interface RegisterParts extends EnterParts {
  eventStream: EventStream;
  processId: string;
  log: PresenceLog;
  /** Redis may have lost what presence knew: brings it what this process knows. */
  onLost: () => Promise<void>;
}

/**
 * What another gateway had in hand when it died comes again after this long. Twice that without a disturbance, and
 * what the subscription says of its lag holds for all of them.
 */
const ackWaitMs = 6000;
const forgetEpochAfterMs = 86_400_000;
/** By then every gateway has noticed a new epoch and told presence who is there: the stream says who was. */
const othersNoticeMs = 4000;

export function createConnectionRegister(parts: RegisterParts): ConnectionRegister {
  const { redis, eventStream, processId, log, onLost } = parts;
  let calmSince = performance.now();
  let lookedAt = calmSince;
  let knownReconnects = 0;
  let following: { epoch: string; subscription: Subscription } | undefined;
  let knownEpoch: string | undefined;
  let isReadAnew = false;
  let isStopping = false;
  let leaving: Promise<void> = Promise.resolve();

  /** Says nothing about the event: here it cannot be entered now, and elsewhere perhaps it can. */
  const notNow = (error: unknown): unknown =>
    error instanceof EpochOverError || redis.status === 'away' ? new NotNowError({ cause: error }) : error;

  function subscribe(epoch: string): Subscription {
    const enter = createTogether<Noted>((noted) => enterChanges(parts, epoch, noted));
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
      async handle(event, { storedAt }) {
        const change = changeOf(event, storedAt);
        if (change === undefined) return;
        const claim = openingOf(event, storedAt);
        const opening = claim?.processId === processId ? undefined : claim;
        await enter({ change, opening, end: endOf(event, storedAt) }).catch((error: unknown) => {
          throw notNow(error);
        });
      },
    });
  }

  /** What is in hand goes back to the others. */
  function leave(): Promise<void> {
    const last = following?.subscription;
    following = undefined;
    return (leaving = leaving.catch(() => undefined).then(() => last?.drain()));
  }

  const isDisturbed = (): boolean => redis.status === 'away' || !eventStream.ready;
  const disturb = (): void => void (calmSince = performance.now());
  const offStatus = redis.onStatus((status) => {
    disturb();
    // Others may reach Redis: this one would keep events from them.
    if (status === 'away')
      leave().catch((err: unknown) => log.debug({ err }, 'register was not left cleanly'));
  });

  /** Notices also what was over before anybody looked. */
  function look(): void {
    const { reconnects } = eventStream.status();
    if (isDisturbed() || reconnects !== knownReconnects || performance.now() - lookedAt > ackWaitMs)
      disturb();
    knownReconnects = reconnects;
    lookedAt = performance.now();
  }

  function sayCaughtUp(): void {
    if (!isReadAnew || following?.subscription.status().lag !== 0) return;
    isReadAnew = false;
    log.info({ epoch: following.epoch }, 'connections are read anew');
  }

  return {
    async follow(signal) {
      if (!eventStream.enabled || isStopping) return;
      look();
      const epoch = await registerEpoch(redis);
      if (following?.epoch === epoch) {
        sayCaughtUp();
        return;
      }
      disturb();
      await leave();
      if (knownEpoch !== undefined && knownEpoch !== epoch) {
        isReadAnew = true;
        log.warn({ epoch }, 'redis may have lost connections: reading them anew from the event stream');
        await onLost();
        await pause(othersNoticeMs, undefined, { signal }).catch(() => undefined);
      }
      knownEpoch = epoch;
      if (signal.aborted || redis.status === 'away') return;
      following = { epoch, subscription: subscribe(epoch) };
    },
    caughtUp() {
      if (following === undefined || isDisturbed()) return false;
      if (eventStream.status().reconnects !== knownReconnects) return false;
      if (performance.now() - calmSince < ackWaitMs * 2) return false;
      const { lag, inHand } = following.subscription.status();
      return lag === 0 && inHand === 0;
    },
    async stop() {
      isStopping = true;
      offStatus();
      await leave();
    },
  };
}
