import { Cluster, Redis, type RedisOptions } from 'ioredis';

export interface RedisAddress {
  /** `redis://` or `rediss://`; for a cluster any of its nodes, several separated by commas. */
  url: string;
  cluster?: boolean;
  /** Asks these for the address of the primary; `url` then gives no more than credentials, database and TLS. */
  sentinel?: SentinelAddress | undefined;
  /** Names the connection in logs and in the server's CLIENT LIST. */
  name: string;
}

export interface SentinelAddress {
  /** `host:port`, at least one; the others are learned from it. */
  addresses: readonly string[];
  /** What the sentinels call the group of the primary and its replicas. */
  group: string;
  /** Of the sentinels themselves. */
  password?: string | undefined;
}

/** Waits between attempts to connect, for ever: doubling to 2 s, a third of it random. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(2000, 50 * 2 ** Math.min(attempt - 1, 6));
  return Math.round(full * (2 / 3) + (full / 3) * random());
}

const failAtOnce = {
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 2000,
  autoResubscribe: false,
  keepAlive: 10_000,
  // How long a socket told to close is waited for; ioredis starts this wait even for one that is closed.
  disconnectTimeout: 250,
} satisfies RedisOptions;

/** An ioredis client that connects in the background and keeps no command for later. */
export function createClient({ url, cluster = false, sentinel, name }: RedisAddress): Redis {
  const shared = { ...failAtOnce, connectionName: connectionName(name) };
  if (!cluster) {
    return new Redis(url, {
      ...shared,
      ...(sentinel === undefined ? {} : sentinelOptions(sentinel, url.startsWith('rediss:'))),
      enableOfflineQueue: false,
      retryStrategy: (attempt) => reconnectDelayMs(attempt),
      reconnectOnError: isDemoted,
    });
  }
  const addresses = url.split(',').map((each) => new URL(each.trim()));
  const [first] = addresses;
  const client = new Cluster(
    addresses.map((each) => ({ host: each.hostname, port: Number(each.port || 6379) })),
    {
      enableOfflineQueue: false,
      clusterRetryStrategy: (attempt) => reconnectDelayMs(attempt),
      slotsRefreshTimeout: 2000,
      slotsRefreshInterval: 5000,
      // Redirections are followed while a replica takes over, but not for longer than a caller would wait.
      maxRedirections: 8,
      retryDelayOnFailover: 100,
      retryDelayOnClusterDown: 100,
      redisOptions: {
        ...shared,
        ...(first?.username ? { username: decodeURIComponent(first.username) } : {}),
        ...(first?.password ? { password: decodeURIComponent(first.password) } : {}),
        ...(first?.protocol === 'rediss:' ? { tls: {} } : {}),
      },
    },
  );
  // A Cluster has every command a Redis has; its own type says so in a way that no caller can share.
  return client as unknown as Redis;
}

const defaultSentinelPort = 26_379;

/** The client asks the sentinels at each attempt to connect, and leaves a server that says it is no primary. */
function sentinelOptions({ addresses, group, password }: SentinelAddress, isSecure: boolean) {
  return {
    name: group,
    sentinels: addresses.map((address) => {
      const colon = address.lastIndexOf(':');
      return colon < 0
        ? { host: address, port: defaultSentinelPort }
        : { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    }),
    sentinelRetryStrategy: (attempt) => reconnectDelayMs(attempt),
    sentinelCommandTimeout: 2000,
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(isSecure ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  } satisfies RedisOptions;
}

/** A primary that became a replica refuses writes: the address leads elsewhere now. */
function isDemoted(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

function connectionName(name: string): string {
  return name.replace(/[^\w.:-]/g, '_');
}
