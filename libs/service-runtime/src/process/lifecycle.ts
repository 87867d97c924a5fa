export interface LifecycleLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

type Stop = () => unknown;

/** Something was to be started while everything is being stopped. */
export class StoppingError extends Error {
  constructor(part: string) {
    super(`${part} was not started: the service is stopping`);
    this.name = 'StoppingError';
  }
}

/** What has been started, to be stopped in reverse order. */
export class Lifecycle {
  readonly #log: LifecycleLog;
  readonly #parts: { name: string; stop: Stop }[] = [];
  #stopping: Promise<boolean> | undefined;
  #late: Promise<unknown>[] = [];

  constructor(log: LifecycleLog) {
    this.#log = log;
  }

  /**
   * Registers what was just opened. While stopping it is stopped at once and a {@link StoppingError} ends the start.
   */
  defer(name: string, stop: Stop): void {
    if (this.#stopping === undefined) {
      this.#parts.push({ name, stop });
      return;
    }
    this.#late.push(this.#stopOne(name, stop));
    throw new StoppingError(name);
  }

  /**
   * Stops everything, the last first, each given what is left of the time. Failures are logged and stop nothing else.
   * Once: a second call waits for the first. Resolves `true` when every part has stopped in time.
   */
  stop(deadlineMs: number): Promise<boolean> {
    this.#stopping ??= this.#stopAll(performance.now() + deadlineMs);
    return this.#stopping;
  }

  async #stopAll(deadline: number): Promise<boolean> {
    let inTime = true;
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      const { name, stop } = part;
      // Even with no time left every part is told to stop; only the waiting is cut short.
      const left = Math.max(0, deadline - performance.now());
      if (!(await endsWithin(this.#stopOne(name, stop), left))) {
        inTime = false;
        this.#log.error({ part: name }, 'part did not stop in time');
      }
    }
    const left = Math.max(0, deadline - performance.now());
    return (await endsWithin(Promise.all(this.#late), left)) && inTime;
  }

  async #stopOne(name: string, stop: Stop): Promise<void> {
    try {
      await stop();
      this.#log.debug({ part: name }, 'part stopped');
    } catch (error) {
      this.#log.error({ part: name, err: error }, 'part failed to stop');
    }
  }
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
