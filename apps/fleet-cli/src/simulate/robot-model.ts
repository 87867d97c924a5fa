import type { RobotSample } from '@fleet/robot-client';

import type { MissionHappening } from '../missions/mission-event.ts';
import type { Random } from './random.ts';

type Mode = 'idle' | 'working' | 'charging';

/** What a moment brought: the readings, and what happened to which mission. */
export interface Moment {
  readonly sample: RobotSample;
  readonly missions: readonly { readonly happening: MissionHappening; readonly missionId: string }[];
}

/** Per second. */
const drain = { idle: 0.02, working: 0.25 };
const chargeRate = 2;
const topSpeed = 1.5;
const ambient = 22;
const hallMetres = 60;

/** Below the one a robot goes charging, at the other it comes back. */
const lowBattery = 20;
const fullBattery = 95;

/**
 * A robot that drives missions in a hall: load and heat follow work, the battery drains and is charged, and now and then
 * a mission fails or the radio has no reading. The same random numbers give the same life.
 */
export class RobotModel {
  readonly #random: Random;
  readonly #nextMissionId: () => string;
  #mode: Mode = 'idle';
  /** Seconds until the mode may change. */
  #left: number;
  #missionId: string | undefined;
  #battery: number;
  #cpu = 8;
  #temperature = ambient;
  #memory: number;
  #x: number;
  #y: number;
  #heading: number;

  constructor(random: Random, nextMissionId: () => string) {
    this.#random = random;
    this.#nextMissionId = nextMissionId;
    this.#left = random.between(0, 8);
    this.#battery = random.between(35, 100);
    this.#memory = random.between(30, 45);
    this.#x = random.between(0, hallMetres);
    this.#y = random.between(0, hallMetres);
    this.#heading = random.between(0, 2 * Math.PI);
  }

  /** Lets so many seconds pass. */
  step(seconds: number): Moment {
    this.#left -= seconds;
    const missions = this.#left <= 0 || this.#isEmpty() ? this.#change() : [];
    this.#live(seconds);
    return { sample: this.#sample(), missions };
  }

  /** Ends what the robot is at. */
  stop(): Moment['missions'] {
    return this.#missionId === undefined ? [] : this.#end('cancelled');
  }

  #isEmpty(): boolean {
    return this.#mode === 'working' && this.#battery < lowBattery / 2;
  }

  #change(): Moment['missions'] {
    const ended = this.#missionId === undefined ? [] : this.#end(this.#outcome());
    if (this.#battery < lowBattery)
      return this.#enter('charging', (fullBattery - this.#battery) / chargeRate, ended);
    if (this.#mode !== 'idle') return this.#enter('idle', this.#random.between(2, 10), ended);
    this.#missionId = this.#nextMissionId();
    const missionId = this.#missionId;
    return this.#enter('working', this.#random.between(5, 25), [
      { happening: 'created', missionId },
      { happening: 'started', missionId },
    ]);
  }

  #enter(mode: Mode, seconds: number, missions: Moment['missions']): Moment['missions'] {
    this.#mode = mode;
    this.#left = seconds;
    return missions;
  }

  #outcome(): MissionHappening {
    if (this.#isEmpty()) return 'failed';
    const lot = this.#random.next();
    if (lot < 0.06) return 'failed';
    return lot < 0.09 ? 'cancelled' : 'completed';
  }

  #end(happening: MissionHappening): Moment['missions'] {
    const missionId = this.#missionId ?? '';
    this.#missionId = undefined;
    return [{ happening, missionId }];
  }

  #live(seconds: number): void {
    const isWorking = this.#mode === 'working';
    const change = this.#mode === 'charging' ? chargeRate : -drain[this.#mode];
    this.#battery = clamp(this.#battery + change * seconds, 0, 100);
    this.#cpu = approach(this.#cpu, isWorking ? 65 : 8, seconds / 3) + this.#random.between(-2, 2);
    this.#temperature = approach(this.#temperature, ambient + this.#cpu / 2, seconds / 60);
    this.#memory = clamp(this.#memory + this.#random.between(-0.3, isWorking ? 0.4 : 0.2), 20, 85);
    if (isWorking) this.#drive(seconds);
  }

  #drive(seconds: number): void {
    this.#heading += this.#random.between(-0.6, 0.6) * seconds;
    this.#x += Math.cos(this.#heading) * topSpeed * seconds;
    this.#y += Math.sin(this.#heading) * topSpeed * seconds;
    const isOutside = this.#x < 0 || this.#x > hallMetres || this.#y < 0 || this.#y > hallMetres;
    if (isOutside) this.#heading = Math.atan2(hallMetres / 2 - this.#y, hallMetres / 2 - this.#x);
    this.#x = clamp(this.#x, 0, hallMetres);
    this.#y = clamp(this.#y, 0, hallMetres);
  }

  #sample(): RobotSample {
    const speed = this.#mode === 'working' ? topSpeed * this.#random.between(0.8, 1) : 0;
    return {
      metrics: {
        battery_level: round(this.#battery),
        cpu_usage: round(clamp(this.#cpu, 0, 100)),
        memory_usage: round(this.#memory),
        motor_temperature: round(this.#temperature),
        position_x: round(this.#x),
        position_y: round(this.#y),
        speed: round(speed),
        signal_dbm: this.#random.chance(0.02) ? null : round(-45 - Math.hypot(this.#x, this.#y) / 3),
      },
      attributes: {
        mode: this.#mode,
        charging: this.#mode === 'charging',
        mission_id: this.#missionId ?? null,
      },
    };
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Moves a share of the way; a share of 1 or more arrives. */
const approach = (value: number, goal: number, share: number): number =>
  value + (goal - value) * Math.min(1, share);

const round = (value: number): number => Math.round(value * 100) / 100;
