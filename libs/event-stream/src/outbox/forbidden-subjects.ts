const forMs = 60_000;
const most = 10_000;

/** The subjects that the server lately refused this process, which are not tried again for a minute. */
export class ForbiddenSubjects {
  readonly #until = new Map<string, number>();

  has(subject: string, nowMs: number): boolean {
    return nowMs < (this.#until.get(subject) ?? 0);
  }

  add(subject: string, nowMs: number): void {
    // Those that are forgotten are refused once more.
    if (this.#until.size >= most) this.#until.clear();
    this.#until.set(subject, nowMs + forMs);
  }
}
