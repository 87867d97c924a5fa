/** A robot's id is safe as a NATS token, as a part of a Redis key and as a URL segment. */
export const robotIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** A session names a sequence space that survives reconnects. */
export const sessionNamePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** What a metric or an attribute may be called. */
export const metricNamePattern = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;

const matches =
  (pattern: RegExp) =>
  (value: unknown): value is string =>
    typeof value === 'string' && pattern.test(value);

export const isRobotId = matches(robotIdPattern);
export const isSessionName = matches(sessionNamePattern);
export const isMetricName = matches(metricNamePattern);
