export type { OnFull } from './client/backlog.ts';
export type { RobotEventName, RobotEvents, RobotListener } from './client/events.ts';
export type { TokenSource } from './client/client-settings.ts';
export type { RobotClient } from './client/robot-client.ts';
export type { RobotStatus } from './client/robot-status.ts';
export type { RobotOptions } from './connect-robot.ts';
export {
  BufferFullError,
  BufferMismatchError,
  BufferWriteError,
  ClientClosedError,
  InvalidSampleError,
  SampleDroppedError,
  SampleRefusedError,
} from './errors.ts';
export {
  createMemoryBuffer,
  type BufferedSample,
  type RestoredBuffer,
  type SampleBuffer,
} from './sample-buffer.ts';
export type { RobotSample } from './sample.ts';
export type { StandardWebSocket, StandardWebSocketClass } from './transport/dial-standard.ts';
