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
}): PresenceWriter {
  const { redis, rules, claimNow, onOutcome } = parts;
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

  /** What Redis said to each; nothing where it did not, or where the robot is not among those ever seen yet. */
  async function claimAll(chunk: readonly PresenceClaim[]): Promise<(ClaimOutcome | undefined)[]> {
    const robotIds = chunk.map(({ robotId }) => robotId);
    const [outcomes, remembered] = await Promise.all([
      claimPresence(redis, chunk, rules),
      rememberRobots(redis, robotIds).then(
        () => true,
        () => false,
      ),
    ]);
    for (const [index, claim] of chunk.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) onOutcome(claim, outcome);
    }
    return remembered ? outcomes : chunk.map(() => undefined);
  }

  // A connection may have come and gone before it was ever written: it is claimed before it is ended.
  async function writeEnds(): Promise<void> {
    for (const chunk of inChunks([...ends], atOnce)) {
      const outcomes = await claimAll(chunk.map(([, { claim }]) => claim));
      const done = await endPresence(
        redis,
        chunk.map(([, { claim, reason, endedAt }]) => ({ ...claim, reason, endedAt })),
      );
      for (const [index, [robotId, ending]] of chunk.entries()) {
        const isWritten = outcomes[index] !== undefined && done[index] !== undefined;
        if (isWritten && ends.get(robotId) === ending) ends.delete(robotId);
      }
    }
  }

  async function writeClaims(): Promise<void> {
    for (const chunk of inChunks(takeClaims(claims), atOnce)) {
      const outcomes = await claimAll(chunk);
      for (const [index, { robotId }] of chunk.entries()) {
        if (outcomes[index] === undefined) claims.add(robotId);
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
