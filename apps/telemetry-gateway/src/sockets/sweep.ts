/**
 * Visits every member once a period, from a single timer, a slice at a time: ten thousand members are not visited in
 * one breath.
 */
export class Sweep<Member> {
  readonly #visit: (member: Member, nowMs: number) => void;
  readonly #slices: Set<Member>[];
  readonly #timer: NodeJS.Timeout;
  #turn = 0;
  #added = 0;

  constructor(periodMs: number, visit: (member: Member, nowMs: number) => void) {
    const slices = Math.max(1, Math.min(20, Math.floor(periodMs / 50)));
    this.#visit = visit;
    this.#slices = Array.from({ length: slices }, () => new Set());
    this.#timer = setInterval(() => this.#visitNext(), periodMs / slices);
  }

  add(member: Member): void {
    this.#slices[this.#added++ % this.#slices.length]?.add(member);
  }

  remove(member: Member): void {
    // Members are many, and leave once: looking through the slices is cheaper than keeping who is in which.
    this.#slices.some((slice) => slice.delete(member));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #visitNext(): void {
    const slice = this.#slices[this.#turn++ % this.#slices.length];
    const now = Date.now();
    for (const member of slice ?? []) this.#visit(member, now);
  }
}
