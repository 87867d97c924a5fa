import type { RobotConnection } from './robot-connection.ts';
import { Slices } from './slices.ts';

/** What a gone robot left on its way to the stream is waited for this long. */
const lingerMs = 10_000;

/** The connections of this instance. */
export class Connections {
  /** For whoever visits each of them from time to time. */
  readonly open = new Slices<RobotConnection>();
  readonly #byRobot = new Map<string, RobotConnection>();
  /** Closed, with samples still on their way. */
  readonly #lingering = new Set<RobotConnection>();

  add(connection: RobotConnection): void {
    this.open.add(connection);
    this.#byRobot.set(connection.robotId, connection);
  }

  /** Says whether the robot has no connection here any more. */
  remove(connection: RobotConnection): boolean {
    this.open.delete(connection);
    if (this.#byRobot.get(connection.robotId) !== connection) return false;
    this.#byRobot.delete(connection.robotId);
    return true;
  }

  /** Keeps a closed one until it is {@link settled}, or gives up what it has on its way. */
  linger(connection: RobotConnection): void {
    this.#lingering.add(connection);
    const giveUp = (): void => {
      connection.abandon();
      this.settled(connection);
    };
    setTimeout(giveUp, lingerMs).unref();
  }

  settled(connection: RobotConnection): void {
    this.#lingering.delete(connection);
  }

  /** The newest connection of a robot. */
  of(robotId: string): RobotConnection | undefined {
    return this.#byRobot.get(robotId);
  }

  get size(): number {
    return this.open.size;
  }

  all(): readonly RobotConnection[] {
    return [...this.open];
  }

  lingering(): readonly RobotConnection[] {
    return [...this.#lingering];
  }

  get paused(): number {
    let count = 0;
    for (const connection of this.open) if (connection.isPaused) count += 1;
    return count;
  }
}
