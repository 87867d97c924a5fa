import { isRobotId, isSessionName } from '@fleet/robot-protocol';

import { Backlog, type OnFull } from './client/backlog.ts';
import { Listeners } from './client/listeners.ts';
import type { TokenSource } from './client/client-settings.ts';
import { RobotClient } from './client/robot-client.ts';
import type { ReconnectSettings } from './client/reconnect-plan.ts';
import { createMemoryBuffer, type RestoredBuffer, type SampleBuffer } from './sample-buffer.ts';
import type { Dial } from './transport/dial.ts';
import { dialStandard, type StandardWebSocketClass } from './transport/dial-standard.ts';

export interface RobotOptions {
  /** Where the gateway is, such as `ws://127.0.0.1:8080` or `wss://fleet.example/edge`. */
  readonly url: string;
  readonly robotId: string;
  /** Names the numbering of samples across restarts. A random one when left out, or the one a file buffer remembers. */
  readonly session?: string | undefined;
  /** A function is asked at every connect, so that an expired token is replaced. */
  readonly token?: TokenSource | undefined;
  /** A WebSocket of the standard, in place of the one that comes with the platform. */
  readonly webSocket?: StandardWebSocketClass | undefined;
  /** Where unconfirmed samples are kept; in memory alone when left out. */
  readonly buffer?: SampleBuffer | undefined;
  /** Unconfirmed samples to hold at most (100,000), and their bytes (64 MiB). */
  readonly maxBuffered?: number | undefined;
  readonly maxBufferedBytes?: number | undefined;
  /** `drop-oldest` when left out. */
  readonly onFull?: OnFull | undefined;
  /** From the dial to the gateway's welcome, in milliseconds (10,000). */
  readonly dialTimeoutMs?: number | undefined;
  /** Bounds of the delays between attempts: 250 ms to 30 s. */
  readonly reconnect?: Partial<ReconnectSettings> | undefined;
  /** What to do when a newer connection of this robot took over: `stop`, as two that fight help nobody. */
  readonly whenReplaced?: 'stop' | 'reconnect' | undefined;
}

/**
 * Connects a robot to a gateway, now and for as long as it takes: returns at once, and goes on trying until closed.
 *
 * @throws {TypeError} for options that cannot work
 * @throws {BufferMismatchError} when the buffer belongs to another robot or session
 */
export const createConnectRobot =
  (platformDial: () => Dial) =>
  (options: RobotOptions): RobotClient => {
    const { robotId, session, reconnect } = options;
    if (!isRobotId(robotId)) throw new TypeError(`expected a robot id, got ${JSON.stringify(robotId)}`);
    if (session !== undefined && !isSessionName(session))
      throw new TypeError(
        `expected a session of 1 to 64 letters, digits, _ or -, got ${JSON.stringify(session)}`,
      );
    const dial = options.webSocket === undefined ? platformDial() : dialStandard(options.webSocket);
    const gateway = parseUrl(options.url);
    const buffer = options.buffer ?? createMemoryBuffer();
    const listeners = new Listeners();
    const restored = buffer.open({ robotId, session });
    warnOfUnreadable(restored, listeners);
    const backlog = new Backlog(
      buffer,
      restored,
      {
        maxSamples: positive('maxBuffered', options.maxBuffered ?? 100_000),
        maxBytes: positive('maxBufferedBytes', options.maxBufferedBytes ?? 64 * 1024 * 1024),
        onFull: options.onFull ?? 'drop-oldest',
      },
      listeners,
    );
    return new RobotClient(
      {
        url: robotUrl(gateway, robotId, restored.session),
        session: restored.session,
        token: options.token,
        dialTimeoutMs: positive('dialTimeoutMs', options.dialTimeoutMs ?? 10_000),
        reconnect: {
          minMs: positive('reconnect.minMs', reconnect?.minMs ?? 250),
          maxMs: positive('reconnect.maxMs', reconnect?.maxMs ?? 30_000),
        },
        whenReplaced: options.whenReplaced ?? 'stop',
      },
      dial,
      backlog,
      listeners,
    );
  };

/** Told a moment later, when there is somebody to listen. */
const warnOfUnreadable = ({ unreadable }: RestoredBuffer, listeners: Listeners): void => {
  if (unreadable === 0) return;
  const error = new Error(`${unreadable} lines of the buffer could not be read: those samples are lost`);
  queueMicrotask(() => listeners.emit('warning', { error }));
};

const parseUrl = (url: string): URL => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['ws:', 'wss:', 'http:', 'https:'].includes(parsed.protocol))
    throw new TypeError(`expected a url such as ws://127.0.0.1:8080, got ${JSON.stringify(url)}`);
  parsed.protocol = parsed.protocol.replace('http', 'ws');
  return parsed;
};

const robotUrl = (gateway: URL, robotId: string, session: string): string => {
  const url = new URL(gateway);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/ws/${robotId}`;
  url.search = `?session=${session}`;
  url.hash = '';
  return url.href;
};

const positive = (name: string, value: number): number => {
  if (value > 0) return value;
  throw new TypeError(`expected ${name} above 0, got ${value}`);
};
