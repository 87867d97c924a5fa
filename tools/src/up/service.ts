import { setTimeout as delay } from 'node:timers/promises';

import { wordsOf, type RunningProgram } from './program.ts';

/** A service ended, or did not become ready, with the last it had to say. */
export class ServiceError extends Error {
  constructor(program: RunningProgram, what: string) {
    super(`${program.name} ${what}. Its last lines:\n${program.lastLines().join('\n')}`);
    this.name = 'ServiceError';
  }
}

const readyWithinMs = 60_000;

const isReady = async (adminPort: number): Promise<boolean> => {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/readyz`, {
      signal: AbortSignal.timeout(2_000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

/** Resolves when the service says that it is ready; rejects when it ends before, or never becomes ready. */
export const becomeReady = async (program: RunningProgram, adminPort: number): Promise<void> => {
  const until = Date.now() + readyWithinMs;
  while (!(await isReady(adminPort))) {
    if (program.hasEnded()) throw new ServiceError(program, `ended at start ${wordsOf(await program.ended)}`);
    if (Date.now() > until) throw new ServiceError(program, `is not ready after ${readyWithinMs / 1000} s`);
    await delay(100);
  }
};
