const mostSubjects = 10_000;

/** The subjects whose events wait in the outbox, as far as this process has put them there. */
export class Detours {
  readonly #subjects = new Set<string>();
  #all = false;
  #appends = 0;
  #appending = 0;

  get isEmpty(): boolean {
    return !this.#all && this.#subjects.size === 0;
  }

  has(subject: string): boolean {
    return this.#all || this.#subjects.has(subject);
  }

  add(subject: string): void {
    if (this.#subjects.size < mostSubjects) this.#subjects.add(subject);
    else this.#all = true;
  }

  /** Something is being put into the outbox. */
  appending(): void {
    this.#appends += 1;
    this.#appending += 1;
  }

  /** It has been put there, or not. */
  appended(): void {
    this.#appending -= 1;
  }

  /** How often something was begun to be put there. */
  get appends(): number {
    return this.#appends;
  }

  /** Nothing of this process was left in the outbox at a time when `appends` was this. */
  emptied(appends: number): void {
    if (appends !== this.#appends || this.#appending > 0) return;
    this.#subjects.clear();
    this.#all = false;
  }
}
