import {
  applyConnectionChanges,
  claimPresence,
  endPresence,
  rememberRobots,
  type ClaimRules,
  type ConnectionChange,
  type FleetRedis,
  type PresenceClaim,
  type PresenceEnd,
} from '@fleet/fleet-store';
import type { Displaced } from './connections-here.ts';

/** What an event says of a connection, and what presence is to know of that. */
export interface Noted {
  change: ConnectionChange;
  /** Not of a connection of this process, which claims it itself. */
  opening?: PresenceClaim | undefined;
  end?: PresenceEnd | undefined;
}

export interface EnterParts {
  redis: FleetRedis;
  rules: ClaimRules;
  onDisplaced: Displaced;
}

/** The register has begun a new epoch: what was read for this one is read again. */
export class EpochOverError extends Error {}

/**
 * Enters changes into the register of an epoch and into presence, in three round trips; gives for each why it was not
 * entered. However a connection ended, presence learns it from here at the latest; and that one is open, should its
 * gateway not have come to say so, or Redis have lost it. Openings go first: the end of an earlier connection is no news
 * then.
 */
export async function enterChanges(
  parts: EnterParts,
  epoch: string,
  all: readonly Noted[],
): Promise<(Error | undefined)[]> {
  const failures = new Map<Noted, Error>();
  const changes = all.map(({ change }) => change);
  const outcomes = await applyConnectionChanges(parts.redis, epoch, changes);
  if (outcomes === undefined) {
    throw new EpochOverError(`the register of connections is no longer of epoch ${epoch}`);
  }
  const entered = all.filter((noted, index) => {
    if (outcomes[index] !== 'failed') return true;
    failures.set(noted, new Error('the register did not take a connection'));
    return false;
  });
  const open = all.filter((_, index) => outcomes[index] === 'open');
  const told = [...(await tellOpenings(parts, open)), ...(await tellEnds(parts, entered))];
  for (const [noted, isTold] of told) {
    if (!isTold) failures.set(noted, new Error('presence did not take what became of a connection'));
  }
  return all.map((noted) => failures.get(noted));
}

/** The robots, too, are among those ever seen: a gateway may have died before it said so. */
async function tellEnds(
  { redis, onDisplaced }: EnterParts,
  all: readonly Noted[],
): Promise<(readonly [Noted, boolean])[]> {
  const told = all.flatMap((noted) => (noted.end === undefined ? [] : [{ noted, end: noted.end }]));
  const ends = told.map(({ end }) => end);
  const [outcomes] = await Promise.all([endPresence(redis, ends), rememberRobots(redis, robotsOf(ends))]);
  return told.map(({ noted, end }, index) => {
    const outcome = outcomes[index];
    if (outcome?.displaced !== undefined) onDisplaced(end, outcome.displaced);
    return [noted, outcome !== undefined] as const;
  });
}

async function tellOpenings(
  { redis, rules }: EnterParts,
  all: readonly Noted[],
): Promise<(readonly [Noted, boolean])[]> {
  const told = all.flatMap((noted) => (noted.opening === undefined ? [] : [{ noted, claim: noted.opening }]));
  const claims = told.map(({ claim }) => claim);
  const [outcomes] = await Promise.all([
    claimPresence(redis, claims, { ...rules, isHearsay: true }),
    rememberRobots(redis, robotsOf(claims)),
  ]);
  return told.map(({ noted }, index) => [noted, outcomes[index] !== undefined] as const);
}

const robotsOf = (all: readonly { robotId: string }[]): string[] => all.map(({ robotId }) => robotId);
