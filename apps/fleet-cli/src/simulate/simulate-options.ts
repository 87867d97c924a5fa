import type { RobotTokenOptions } from '../tokens/robot-tokens.ts';

/** What `fleet simulate` was told. */
export interface SimulateOptions extends RobotTokenOptions {
  readonly gateway: string;
  readonly robots: number;
  /** Samples a second from each robot. */
  readonly rate: number;
  /** Seconds; until Ctrl-C without. */
  readonly duration?: number | undefined;
  readonly prefix: string;
  readonly seed?: number | undefined;
  readonly missions: boolean;
  readonly redis?: string | undefined;
  readonly stream: string;
  /** Seconds to wait at the end while nothing is confirmed any more. */
  readonly patience: number;
  readonly json: boolean;
  readonly replay?: string | undefined;
  readonly speed: number | 'max';
  readonly keepTimestamps: boolean;
  readonly robot?: string | undefined;
}
