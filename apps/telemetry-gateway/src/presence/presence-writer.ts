import type { CloseReason } from '@fleet/event-envelope';
import {
  claimPresence,
  endPresence,
  inChunks,
  rememberRobots,
  touchPresence,
  type ClaimOutcome,
  type ClaimRules,
  type FleetRedis,
  type PresenceClaim,
} from '@fleet/fleet-store';
import type { Displaced } from './connections-here.ts';

interface Ending {
  claim: PresenceClaim;
  reason: CloseReason;
  endedAt: number;
}

/** Brings what happened here to Redis; while that is away, the newest state of each robot waits. */
export interface PresenceWriter {
  claim(robotId: string): void;
  end(claim: PresenceClaim, reason: CloseReason, endedAt: number): void;
  touch(robotId: string): void;
  /** Writes when robots were last heard, and then {@link flush}es. */
  flushTouches(): Promise<void>;
  /** Writes what waits; never rejects. A flush that is asked for during another follows it. */
  flush(): Promise<void>;
}

const atOnce = 500;

export function createPresenceWriter(parts: {
  redis: FleetRedis;
  rules: ClaimRules;
  /** The claim of the connection that this process holds for the robot now. */
  claimNow: (robotId: string) => PresenceClaim | undefined;
  onOutcome: (claim: PresenceClaim, outcome: ClaimOutcome) => void;
  onDisplaced: Displaced;
}): PresenceWriter {
  const { redis, rules, claimNow, onOutcome, onDisplaced } = parts;
  const claims = new Set<string>();
  const touches = new Set<string>();
  const ends = new Map<string, Ending>();
  const work: { running?: Promise<void> | undefined; asked: boolean } = { asked: false };

  /** All but those of robots whose last connection has not been ended yet: it came before. */
  const takeClaims = (robotIds: Set<string>): PresenceClaim[] => {
    const taken = [...robotIds].filter((robotId) => !ends.has(robotId));
    for (const robotId of taken) robotIds.delete(robotId);
    return taken.map(claimNow).filter((claim) => claim !== undefined);
  };

  /** Whether the robots are among those ever seen now. */
  const remember = (chunk: readonly PresenceClaim[]): Promise<boolean> =>
    rememberRobots(
      redis,
      chunk.map(({ robotId }) => robotId),
    ).then(
      () => true,
      () => false,
    );

  /** One that came and went before it was ever claimed is told of by its end alone. */
  async function writeEnds(): Promise<void> {
    for (const chunk of inChunks([...ends], atOnce)) {
      const told = chunk.map(([, { claim, reason, endedAt }]) => ({ ...claim, reason, endedAt }));
      const [outcomes, isRemembered] = await Promise.all([endPresence(redis, told), remember(told)]);
      for (const [index, [robotId, ending]] of chunk.entries()) {
        const outcome = outcomes[index];
        if (outcome?.displaced !== undefined) onDisplaced(ending.claim, outcome.displaced);
        const isWritten = outcome !== undefined && isRemembered;
        if (isWritten && ends.get(robotId) === ending) ends.delete(robotId);
      }
    }
  }

  async function writeClaims(): Promise<void> {
    for (const chunk of inChunks(takeClaims(claims), atOnce)) {
      const [outcomes, isRemembered] = await Promise.all([
        claimPresence(redis, chunk, rules),
        remember(chunk),
      ]);
      for (const [index, claim] of chunk.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined) onOutcome(claim, outcome);
        if (outcome === undefined || !isRemembered) claims.add(claim.robotId);
      }
    }
  }

  async function writeTouches(): Promise<void> {
    for (const chunk of inChunks(takeClaims(touches), atOnce)) {
      const holding = await touchPresence(redis, chunk);
      for (const [index, { robotId }] of chunk.entries()) if (holding[index] !== true) claims.add(robotId);
    }
  }

  async function write(): Promise<void> {
    while (work.asked && redis.status === 'ready') {
      work.asked = false;
      await writeEnds();
      await writeClaims();
    }
  }

  function flush(): Promise<void> {
    work.asked = true;
    return (work.running ??= write().finally(() => (work.running = undefined)));
  }

  return {
    claim: (robotId) => claims.add(robotId),
    touch: (robotId) => touches.add(robotId),
    end(claim, reason, endedAt) {
      ends.set(claim.robotId, { claim, reason, endedAt });
    },
    async flushTouches() {
      if (redis.status === 'ready') await writeTouches();
      await flush();
    },
    flush,
  };
}
