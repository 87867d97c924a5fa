import { rollupShard } from './rollups/rollup-shard.ts';

/** One slot for all of them: entries move from one to another. */
const outboxKey = (part: string, family: string | undefined): string =>
  family === undefined ? `{outbox}:${part}` : `{outbox}:${family}:${part}`;

/**
 * Every Redis key of the fleet, in one place. What one script changes together shares a hash tag (`{…}`), so that
 * it works on a Redis Cluster; robot ids, session names and job ids hold no braces.
 */
export const keys = {
  /** Hash: the newest reading of a robot. */
  latest: (robotId: string) => `robot:{${robotId}}:latest`,
  /** Sorted set by recording time: the readings of a robot, capped by count and age. */
  history: (robotId: string) => `robot:{${robotId}}:history`,
  /** Hash with a TTL: the numbers of a named session (what is stored, what is missing), and the connection that holds it. */
  sequence: (robotId: string, session: string) => `robot:{${robotId}}:sequence:${session}`,
  /** Hash: who holds the robot's connection, or how the last one ended. */
  presence: (robotId: string) => `robot:{${robotId}}:presence`,
  /** Sorted set by robot id: every robot ever seen. */
  robots: () => 'robots:known',
  /** List: when the robot's connection was last taken over, newest first. */
  takeovers: (robotId: string) => `robot:{${robotId}}:takeovers`,
  /** Sorted set of gateway processes by their last heartbeat, in milliseconds of their own clocks. */
  gatewayBeats: () => 'gateways:beats',
  /** Pub/sub channel: messages to a gateway process. */
  gatewayChannel: (processId: string) => `gateway:${processId}:messages`,
  /** Hash by connection id: the connections that the stream says are open. */
  openConnections: () => '{connections}:open',
  /** Sorted set by time: the connections that the stream says were closed in the last hour. */
  closedConnections: () => '{connections}:closed',
  /** Hash by gateway process: how many of the open connections are its own. */
  connectionOwners: () => '{connections}:owners',
  /** String: names the register of connections; a new name means that it is read from the stream anew. */
  connectionsEpoch: () => '{connections}:epoch',
  /** String with a TTL: which gateway process closes what others have left open. */
  connectionsLease: () => '{connections}:lease',
  /** Stream: events of a family (of every family, without one) that JetStream has not confirmed. */
  outbox: (family?: string) => outboxKey('entries', family),
  /** Hash: when an entry of the outbox was last sent. */
  outboxAttempts: (family?: string) => outboxKey('attempts', family),
  /** String with a TTL: who relays the outbox. */
  outboxLease: (family?: string) => outboxKey('lease', family),
  /** Counter: fences holders of the lease. */
  outboxFence: (family?: string) => outboxKey('fence', family),
  /** String (bits) with a TTL: which places of a stretch of a stream a durable has handled. */
  handledPlaces: (durable: string, stream: string, page: number) => `handled:{${durable}}:${stream}:${page}`,
  /** Set with a TTL: ids of the events a durable has handled last. */
  handledIds: (durable: string) => `handled:{${durable}}:ids`,
  /** Set with a TTL: the ids before those. */
  handledIdsBefore: (durable: string) => `handled:{${durable}}:ids-before`,
  /** Hash: how far the mission stream has been read, and what was met on the way. */
  missionHead: () => '{missions}:head',
  /** Hash: all-time counters and the duration histogram. */
  missionTotals: () => '{missions}:totals',
  /** Hash by mission id: the history of each mission under way. */
  missionsOpen: () => '{missions}:open',
  /** Set: missions that were under way for too long when somebody looked. */
  missionsOverdue: () => '{missions}:overdue',
  /** Hash by mission id: the histories of missions that ended in one generation; the oldest generation goes as a whole. */
  missionsEnded: (generation: number) => `{missions}:ended:${generation}`,
  /** List: entries that could not be read, newest first, capped. */
  missionsRejected: () => '{missions}:rejected',
  /** Sorted set: minutes whose numbers have changed since they were last published. */
  missionMinutesChanged: () => '{missions}:minutes-changed',
  /** Hash by minute and revision: closed windows whose event is not yet stored. */
  missionWindowsUnpublished: () => '{missions}:windows-unpublished',
  /** List (JSON): stretches of time of which entries are missing, newest first, capped. */
  missionGaps: () => '{missions}:gaps',
  /** Hash: the counters of one bucket of event time, and its duration histogram. */
  missionBucket: (size: 'minute' | 'hour' | 'day', startSeconds: number) =>
    `{missions}:${size}:${startSeconds}`,
  /** Hash by outcome and robot: the same bucket by robot, capped; `*` is all the rest. */
  missionBucketRobots: (size: 'minute' | 'hour' | 'day', startSeconds: number) =>
    `{missions}:${size}:${startSeconds}:robots`,
  /** String with a TTL, beside a mission stream: the last batch that one of its producers has appended. */
  missionsWritten: (stream: string, producer: string) => `{${stream}}:written:${producer}`,
  /** String with a TTL: the replica that runs the job. */
  jobLease: (jobId: string) => `job:{${jobId}}:lease`,
  /** Hash: the newest fence of the job's lease, and who got it. */
  jobFence: (jobId: string) => `job:{${jobId}}:fence`,
  /** String with a TTL: there while the next run of a job with an interval is not due. */
  jobRecent: (jobId: string) => `job:{${jobId}}:recent`,
  /** String: the time (Unix milliseconds) up to which the runs of a job with a cron expression are settled. */
  jobSettled: (jobId: string) => `job:{${jobId}}:settled`,
  /** String: somebody has asked for a run. */
  jobRequested: (jobId: string) => `job:{${jobId}}:requested`,
  /** String (JSON) with a TTL: the run under way. */
  jobRunning: (jobId: string) => `job:{${jobId}}:running`,
  /** List (JSON): the last runs, newest first. */
  jobRuns: (jobId: string) => `job:{${jobId}}:runs`,
  /** Hash by metric: what one robot's readings came to in a minute or an hour. */
  rollup: (robotId: string, size: 'minute' | 'hour', startSeconds: number) =>
    `{rollups:${rollupShard(robotId)}}:${size}:${startSeconds}:${robotId}`,
  /** Bitmap by stream sequence: which samples are rolled up already. One for each hour of storing and 65,536 numbers. */
  rollupApplied: (shard: number, storedHour: number, chunk: number) =>
    `{rollups:${shard}}:applied:${storedHour}:${chunk}`,
  /** Sorted set by time of the last reading: the robots of one shard that have rollups. */
  rollupRobots: (shard: number) => `{rollups:${shard}}:robots`,
} as const;
