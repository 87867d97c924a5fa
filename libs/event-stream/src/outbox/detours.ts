const mostSubjects = 10_000;

/** The subjects whose events wait in the outbox, as far as this process has put them there. */
export class Detours {
  readonly #subjects = new Set<string>();
  #all = false;
  #appends = 0;

  has(subject: string): boolean {
    return this.#all || this.#subjects.has(subject);
  }

  add(subject: string): void {
    if (this.#subjects.size < mostSubjects) this.#subjects.add(subject);
    else this.#all = true;
  }

  /** Something has been put into the outbox. */
  appended(): void {
    this.#appends += 1;
  }

  /** How often something was put there. */
  get appends(): number {
    return this.#appends;
  }

  /** The outbox was empty at a time when this had been put there so often. */
  emptied(appends: number): void {
    if (appends !== this.#appends) return;
    this.#subjects.clear();
    this.#all = false;
  }
}
