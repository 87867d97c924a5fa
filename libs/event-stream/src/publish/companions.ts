import type { Message } from './message.ts';

/**
 * Messages whose makers give up by the same signal. One listener serves all that ever share a signal, and stays as long
 * as the signal does: a listener for each message would cost more than sending it.
 */
export class Companions {
  readonly #bySignal = new WeakMap<AbortSignal, Set<Message>>();
  readonly #onAborted: (message: Message, reason: unknown) => void;

  constructor(onAborted: (message: Message, reason: unknown) => void) {
    this.#onAborted = onAborted;
  }

  /** The message is given up at the signal, unless it is released before. */
  add(message: Message, signal: AbortSignal): void {
    message.companions = this.#bySignal.get(signal) ?? this.#listen(signal);
    message.companions.add(message);
  }

  #listen(signal: AbortSignal): Set<Message> {
    const companions = new Set<Message>();
    this.#bySignal.set(signal, companions);
    const abort = (): void => {
      for (const message of companions) this.#onAborted(message, signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    return companions;
  }
}
