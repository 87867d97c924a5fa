/**
 * Every Redis key of the fleet, in one place. What one script changes together shares a hash tag (`{…}`), so that
 * it works on a Redis Cluster; robot ids, session names and job ids hold no braces.
 */
export const keys = {
  /** Hash: the newest reading of a robot. */
  latest: (robotId: string) => `robot:{${robotId}}:latest`,
  /** Sorted set by recording time: the readings of a robot, capped by count and age. */
  history: (robotId: string) => `robot:{${robotId}}:history`,
  /** String (JSON): the numbers of a named session, what is stored and what is missing. */
  sequence: (robotId: string, session: string) => `robot:{${robotId}}:sequence:${session}`,
  /** Hash: who holds the robot's connection, or how the last one ended. */
  presence: (robotId: string) => `robot:{${robotId}}:presence`,
  /** Sorted set by robot id: every robot ever seen. */
  robots: () => 'robots:known',
  /** String with a TTL: a gateway process is alive. */
  gateway: (processId: string) => `gateway:${processId}`,
  /** Pub/sub channel: messages to a gateway process. */
  gatewayChannel: (processId: string) => `gateway:${processId}:messages`,
  /** Hash by connection id: the connections that the stream says are open. */
  openConnections: () => '{connections}:open',
  /** Stream: events that JetStream has not confirmed. */
  outbox: () => '{outbox}:entries',
  /** Hash: when an entry of the outbox was last sent. */
  outboxAttempts: () => '{outbox}:attempts',
  /** String with a TTL: who relays the outbox. */
  outboxLease: () => '{outbox}:lease',
  /** Counter: fences holders of the lease. */
  outboxFence: () => '{outbox}:fence',
} as const;
