import { MultiBar, Presets } from 'cli-progress';

import type { Terminal } from '../terminal.ts';

/** Where a command stands, for a person who watches. */
export interface Progress {
  /** @param done of `total`; without a total it only counts */
  update(done: number, facts: string): void;
  /** A line that stays. */
  note(line: string): void;
  stop(): void;
}

const plainEveryMs = 5_000;

/** A bar that moves on a terminal, and now and then a line anywhere else. */
export const startProgress = (terminal: Terminal, total: number | undefined): Progress =>
  terminal.errorIsTerminal ? startBar(terminal, total) : startLines(terminal, total);

const startBar = (terminal: Terminal, total: number | undefined): Progress => {
  const format =
    total === undefined
      ? '{value} acked · {facts}'
      : '{bar} {percentage} % · {value} of {total} acked · {facts}';
  const bars = new MultiBar(
    { format, stream: terminal.stderr, hideCursor: true, formatValue: (value) => count(value) },
    Presets.shades_classic,
  );
  const bar = bars.create(total ?? 1, 0, { facts: '' });
  return {
    update: (done, facts) => bar.update(done, { facts }),
    note: (line) => bars.log(`${line}\n`),
    stop: () => bars.stop(),
  };
};

const startLines = (terminal: Terminal, total: number | undefined): Progress => {
  let saidAtMs = performance.now();
  let said = '';
  return {
    update(done, facts) {
      const line = `${count(done)}${total === undefined ? '' : ` of ${count(total)}`} acked · ${facts}`;
      if (performance.now() - saidAtMs < plainEveryMs || line === said) return;
      saidAtMs = performance.now();
      said = line;
      terminal.stderr.write(`${line}\n`);
    },
    note: (line) => void terminal.stderr.write(`${line}\n`),
    stop: () => undefined,
  };
};

const count = (value: number): string => value.toLocaleString('en-US');
