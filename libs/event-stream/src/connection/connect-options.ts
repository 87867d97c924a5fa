import { readFile } from 'node:fs/promises';

import { credsAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';

import type { EventStreamSettings } from '../settings.ts';

/** A dial that gets no answer in this time is given up. */
export const dialTimeoutMs = 5_000;

/**
 * The client's options: it reconnects for ever, and a server that answers no ping is given up at the second one, so
 * within two intervals.
 */
export const connectOptionsOf = async (settings: EventStreamSettings): Promise<NodeConnectionOptions> => ({
  servers: [...settings.servers],
  name: `${settings.name} ${settings.instance}`,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  // Wrong credentials may be put right on the server while this process runs.
  ignoreAuthErrorAbort: true,
  noAsyncTraces: true,
  pingInterval: settings.pingIntervalMs ?? 5_000,
  maxPingOut: 1,
  timeout: dialTimeoutMs,
  ...(settings.user !== undefined && { user: settings.user }),
  ...(settings.password !== undefined && { pass: settings.password }),
  ...(settings.caFile !== undefined && { tls: { caFile: settings.caFile } }),
  ...(settings.credsFile !== undefined && {
    authenticator: credsAuthenticator(await readFile(settings.credsFile)),
  }),
});
