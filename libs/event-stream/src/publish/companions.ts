/** One of those that are given up together. */
interface Companion<Self> {
  companions: Set<Self> | undefined;
}

/**
 * Messages, or questions, whose makers give up by the same signal. One listener serves all that ever share a signal, and stays as long
 * as the signal does: a listener for each message would cost more than sending it.
 */
export class Companions<T extends Companion<T>> {
  readonly #bySignal = new WeakMap<AbortSignal, Set<T>>();
  readonly #onAborted: (each: T, reason: unknown) => void;

  constructor(onAborted: (each: T, reason: unknown) => void) {
    this.#onAborted = onAborted;
  }

  /** It is given up at the signal, unless it has left its companions before. */
  add(each: T, signal: AbortSignal): void {
    each.companions = this.#bySignal.get(signal) ?? this.#listen(signal);
    each.companions.add(each);
  }

  #listen(signal: AbortSignal): Set<T> {
    const companions = new Set<T>();
    this.#bySignal.set(signal, companions);
    const abort = (): void => {
      for (const each of companions) this.#onAborted(each, signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    return companions;
  }
}
