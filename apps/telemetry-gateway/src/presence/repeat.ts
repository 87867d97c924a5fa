export interface Repeated {
  /** Does the work now, or once more after what is running. */
  now(): void;
  /** Resolves when nothing runs and nothing will. */
  stop(): Promise<void>;
}

/** Does work again and again, never twice at once; the pause between is jittered by a tenth. */
export function every(
  pauseMs: number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  function schedule(): void {
    if (!stopped) timer = setTimeout(start, pauseMs * (0.95 + Math.random() / 10));
  }

  function start(): void {
    clearTimeout(timer);
    again = false;
    running = work()
      .catch(onFailure)
      .then(() => {
        running = undefined;
        if (again && !stopped) start();
        else schedule();
      });
  }

  schedule();
  return {
    now() {
      if (stopped) return;
      if (running === undefined) start();
      else again = true;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
