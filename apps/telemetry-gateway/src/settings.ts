import {
  authRules,
  authSettings,
  commonRules,
  commonSettings,
  flag,
  integer,
  milliseconds,
  port,
  seconds,
} from '@fleet/service-runtime';
import { z } from 'zod';

import { admissionRules, admissionSettings } from './admission/index.ts';

const day = 86_400;

/** Every variable of the gateway. */
export const gatewaySettings = z.object({
  ...commonSettings,
  ...authSettings,
  ...admissionSettings,
  PORT: port().default(8080),
  MAX_MESSAGE_BYTES: integer({ min: 1024, max: 16 * 1024 * 1024 }).default(65_536),
  /** Samples of one connection that may wait to be stored. */
  MAX_UNACKED: integer({ min: 1, max: 100_000 }).default(1024),
  /** permessage-deflate; costs about 17 KB and much CPU per connection. */
  WEBSOCKET_COMPRESSION: flag().default(false),
  HEARTBEAT_INTERVAL_MS: milliseconds({ min: 50, max: 60_000 }).default(15_000),
  STALE_AFTER_SECONDS: seconds({ min: 1 }).default(30),
  RECONNECT_GRACE_SECONDS: seconds().default(15),
  DRAIN_SECONDS: seconds({ max: 3600 }).default(20),
  QUALITY_INTERVAL_SECONDS: seconds({ min: 1 }).default(60),
  HISTORY_MAX_SAMPLES: integer({ min: 1 }).default(3600),
  HISTORY_MAX_AGE_SECONDS: seconds({ min: 1 }).default(day),
  /** How long the numbers of a robot's session are kept after it was last heard of. */
  SESSION_TTL_SECONDS: seconds({ min: 60 }).default(7 * day),
  PUBLISH_METRICS_QUERIES: flag().default(true),
});

export type GatewaySettings = z.output<typeof gatewaySettings>;

export const gatewayRules = [commonRules, authRules, admissionRules];
