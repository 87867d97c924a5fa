/** The name both sides agree on as WebSocket subprotocol. */
export const protocolName = 'fleet.v1';

/** A robot that cannot set headers offers a second subprotocol: this and its token. The gateway never answers with it. */
export const bearerProtocolPrefix = 'bearer.';

/** What one message may hold. */
export const maxMetricsPerSample = 128;
export const maxAttributesPerSample = 128;
export const maxSamplesPerBatch = 500;

/** Gaps that are remembered for a robot's session; older ones count as lost. */
export const maxMissingRanges = 64;

/** While there is something to confirm, the gateway does so within this time, in milliseconds. */
export const ackWithinMs = 100;

/** How far a `recorded_at` may be ahead of the gateway's clock before it is taken for the time of arrival. */
export const maxRecordedAheadSeconds = 5;

/** What a gateway announces in its `welcome` unless it is configured otherwise. */
export const defaultLimits = {
  maxMessageBytes: 65_536,
  /** Samples of one connection that may be unconfirmed at the same time. */
  maxUnacked: 1024,
  heartbeatIntervalMs: 15_000,
} as const;
