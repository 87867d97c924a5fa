/** The WebSocket close codes of the protocol. */
export const closeCodes = {
  normal: 1000,
  goingAway: 1001,
  unsupported: 1003,
  notUtf8: 1007,
  tooLarge: 1009,
  serviceRestart: 1012,
  tryLater: 1013,
  replaced: 4000,
  heartbeatTimeout: 4001,
  slowConsumer: 4002,
  tokenExpired: 4003,
  rateLimited: 4004,
} as const;

const meanings: Readonly<Record<number, string>> = {
  [closeCodes.normal]: 'closed as asked',
  [closeCodes.goingAway]: 'the other side goes away',
  1002: 'not the WebSocket protocol',
  [closeCodes.unsupported]: 'a kind of message that is not supported',
  1005: 'closed without a code',
  1006: 'lost without a close frame',
  [closeCodes.notUtf8]: 'not UTF-8',
  [closeCodes.tooLarge]: 'a message above max_message_bytes',
  1011: 'an error of the gateway',
  [closeCodes.serviceRestart]: 'the gateway restarts: come again',
  [closeCodes.tryLater]: 'the gateway cannot take the robot now: come again later',
  [closeCodes.replaced]: 'a newer connection of the same robot took over',
  [closeCodes.heartbeatTimeout]: 'two pings were not answered',
  [closeCodes.slowConsumer]: 'the robot does not read what it is sent',
  [closeCodes.tokenExpired]: 'the token has expired: come again with a new one',
  [closeCodes.rateLimited]: 'above the rate for too long',
};

/** What a close code says, in words for a log or a person. */
export const closeMeaning = (code: number): string => meanings[code] ?? `close code ${String(code)}`;
