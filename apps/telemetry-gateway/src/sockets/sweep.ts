import { maxTurns, type Slices } from './slices.ts';

/** Between two turns at least. */
const minGapMs = 50;

/** Visits every member once a period, from a single timer, some in each turn. */
export class Sweep<Member> {
  readonly #members: Slices<Member>;
  readonly #visit: (member: Member, nowMs: number) => void;
  readonly #turns: number;
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(members: Slices<Member>, periodMs: number, visit: (member: Member, nowMs: number) => void) {
    this.#members = members;
    this.#visit = visit;
    this.#turns = Math.max(1, Math.min(maxTurns, Math.floor(periodMs / minGapMs)));
    this.#timer = setInterval(() => this.#visitNext(), periodMs / this.#turns);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #visitNext(): void {
    const now = Date.now();
    for (const member of this.#members.turn(this.#turn, this.#turns)) this.#visit(member, now);
    this.#turn = (this.#turn + 1) % this.#turns;
  }
}
