import { createConnectRobot } from './connect-robot.ts';
import { dialWs } from './transport/dial-ws.ts';

/** See {@link createConnectRobot}; with the WebSocket of Node. */
export const connectRobot = createConnectRobot(() => dialWs);

export * from './exports.ts';
