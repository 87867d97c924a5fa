import { createConnectRobot } from './connect-robot.ts';
import { dialStandard, type StandardWebSocketClass } from './transport/dial-standard.ts';

/** See {@link createConnectRobot}; with the WebSocket of the browser. */
export const connectRobot = createConnectRobot(() => {
  const { WebSocket: platform } = globalThis as { WebSocket?: StandardWebSocketClass };
  if (platform === undefined)
    throw new TypeError('expected a WebSocket on this platform: give one as `webSocket`');
  return dialStandard(platform);
});

export * from './exports.ts';
