import type { RobotEventName, RobotEvents, RobotListener } from './events.ts';

/** Who listens to what. A listener that throws hurts neither the client nor the other listeners. */
export class Listeners {
  readonly #byName = new Map<RobotEventName, Set<RobotListener<never>>>();

  on<E extends RobotEventName>(name: E, listener: RobotListener<E>): void {
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners.add(listener));
  }

  off<E extends RobotEventName>(name: E, listener: RobotListener<E>): void {
    this.#byName.get(name)?.delete(listener);
  }

  emit<E extends RobotEventName>(name: E, event: RobotEvents[E]): void {
    for (const listener of this.#byName.get(name) ?? []) {
      try {
        (listener as RobotListener<E>)(event);
      } catch (error) {
        if (name !== 'warning') this.emit('warning', { error: toError(error) });
      }
    }
  }
}

export const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
