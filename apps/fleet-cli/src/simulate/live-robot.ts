import type { RobotClient } from '@fleet/robot-client';

import type { MissionEvent } from '../missions/mission-event.ts';
import type { Moment, RobotModel } from './robot-model.ts';

interface Parts {
  readonly robotId: string;
  readonly model: RobotModel;
  readonly client: RobotClient;
  readonly ratePerSecond: number;
  mission(event: MissionEvent): void;
}

/** Lets a model live in real time and sends what it reads. */
export class LiveRobot {
  readonly #parts: Parts;
  #timer: ReturnType<typeof setTimeout>;
  #lastMs: number;
  #nextMs: number;

  /** @param firstInMs so that a fleet does not speak in one voice */
  constructor(parts: Parts, firstInMs: number) {
    this.#parts = parts;
    this.#lastMs = performance.now();
    this.#nextMs = this.#lastMs + firstInMs;
    this.#timer = setTimeout(() => this.#tick(), firstInMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#tell(this.#parts.model.stop());
  }

  #tick(): void {
    const { model, client, ratePerSecond } = this.#parts;
    const nowMs = performance.now();
    const { sample, missions } = model.step((nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    void client.send(sample);
    this.#tell(missions);
    // Beats that were slept through are not made up for.
    this.#nextMs = Math.max(this.#nextMs + 1000 / ratePerSecond, nowMs);
    this.#timer = setTimeout(() => this.#tick(), this.#nextMs - nowMs);
  }

  #tell(missions: Moment['missions']): void {
    for (const { happening, missionId } of missions)
      this.#parts.mission({ happening, missionId, robotId: this.#parts.robotId });
  }
}
