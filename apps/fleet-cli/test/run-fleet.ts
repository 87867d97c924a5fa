import { Writable } from 'node:stream';

import { runCli } from '../src/cli.ts';

/** A command of `fleet` that runs in this process. */
export interface RunningFleet {
  readonly code: Promise<number>;
  /** Whole lines written so far. */
  readonly out: string[];
  readonly err: string[];
  /** As Ctrl-C does. */
  interrupt(): void;
}

export const runFleet = (...args: string[]): RunningFleet => {
  const interrupt = new AbortController();
  const out: string[] = [];
  const err: string[] = [];
  const code = runCli(args, {
    stdout: collect(out),
    stderr: collect(err),
    errorIsTerminal: false,
    env: {},
    interrupted: interrupt.signal,
  });
  return { code, out, err, interrupt: () => interrupt.abort() };
};

const collect = (lines: string[]): Writable => {
  let rest = '';
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const whole = (rest + chunk.toString()).split('\n');
      rest = whole.pop() ?? '';
      lines.push(...whole);
      done();
    },
  });
};
