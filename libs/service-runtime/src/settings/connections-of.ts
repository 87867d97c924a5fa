import type { CommonSettings } from './common-settings.ts';

/** What `@fleet/event-stream` wants to know of the environment. */
export interface EventStreamConnection {
  servers: string[];
  instance: string;
  credsFile?: string;
  caFile?: string;
  user?: string;
  password?: string;
  replicas: number;
  streams: Record<
    'CHARTER_EVENTS' | 'CHARTER_TELEMETRY' | 'CHARTER_DEAD_LETTERS',
    { maxBytes: number; maxAgeSeconds: number }
  >;
}

/** `undefined` without `NATS_URL`. Credentials inside a server's URL count as `NATS_USER` and `NATS_PASSWORD`. */
export function eventStreamConnectionOf(settings: CommonSettings): EventStreamConnection | undefined {
  if (settings.NATS_URL.length === 0) return undefined;
  const addresses = settings.NATS_URL.map(withoutCredentials);
  const inUrl = addresses.find(({ user }) => user !== undefined);
  const user = settings.NATS_USER ?? inUrl?.user;
  const password = settings.NATS_PASSWORD ?? inUrl?.password;
  return {
    servers: addresses.map(({ server }) => server),
    instance: settings.SERVICE_INSTANCE,
    ...(settings.NATS_CREDS_FILE === undefined ? {} : { credsFile: settings.NATS_CREDS_FILE }),
    ...(settings.NATS_CA_FILE === undefined ? {} : { caFile: settings.NATS_CA_FILE }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    replicas: settings.STREAM_REPLICAS,
    streams: {
      CHARTER_EVENTS: {
        maxBytes: settings.STREAM_EVENTS_MAX_BYTES,
        maxAgeSeconds: settings.STREAM_EVENTS_MAX_AGE_SECONDS,
      },
      CHARTER_TELEMETRY: {
        maxBytes: settings.STREAM_TELEMETRY_MAX_BYTES,
        maxAgeSeconds: settings.STREAM_TELEMETRY_MAX_AGE_SECONDS,
      },
      CHARTER_DEAD_LETTERS: {
        maxBytes: settings.STREAM_DEAD_LETTERS_MAX_BYTES,
        maxAgeSeconds: settings.STREAM_DEAD_LETTERS_MAX_AGE_SECONDS,
      },
    },
  };
}

/** What `connectRedis` of `@fleet/fleet-store` wants to know of the environment. */
export interface RedisConnection {
  url: string;
  cluster: boolean;
  sentinel?: { addresses: string[]; group: string; password?: string };
}

export function redisConnectionOf(settings: CommonSettings): RedisConnection {
  const connection = { url: settings.REDIS_URL.join(','), cluster: settings.REDIS_CLUSTER };
  const {
    REDIS_SENTINELS: addresses,
    REDIS_SENTINEL_NAME: group,
    REDIS_SENTINEL_PASSWORD: password,
  } = settings;
  if (addresses.length === 0 || group === undefined) return connection;
  return { ...connection, sentinel: { addresses, group, ...(password === undefined ? {} : { password }) } };
}

function withoutCredentials(server: string): { server: string; user?: string; password?: string } {
  const match = /^([a-z]+:\/\/)?([^:@/]+):([^@/]*)@(.*)$/.exec(server);
  if (match === null) return { server };
  const [, scheme = '', user = '', password = '', rest = ''] = match;
  return {
    server: scheme + rest,
    user: decodeURIComponent(user),
    password: decodeURIComponent(password),
  };
}
