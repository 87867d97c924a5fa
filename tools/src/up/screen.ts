/** What the person in front of it sees: lines that stay, and below them, on a terminal, one that changes. */
export interface Screen {
  readonly say: (line: string) => void;
  /** Replaces the changing line; without a terminal, prints it, but at most every ten seconds. */
  readonly flow: (line: string) => void;
  /** Leaves the changing line as it is and goes on below it. */
  readonly end: () => void;
}

const plainEveryMs = 10_000;
const eraseLine = '\r\u001b[2K';

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export const createScreen = (output: Output, now: () => number = Date.now): Screen => {
  let shown = '';
  let printedAt = -Infinity;
  const fit = (line: string) => line.slice(0, Math.max(20, (output.columns || 120) - 1));
  return {
    say(line) {
      output.write(shown === '' ? `${line}\n` : `${eraseLine}${line}\n${shown}`);
    },
    flow(line) {
      if (output.isTTY) {
        shown = fit(line);
        output.write(`${eraseLine}${shown}`);
        return;
      }
      if (now() - printedAt < plainEveryMs) return;
      printedAt = now();
      output.write(`${line}\n`);
    },
    end() {
      if (shown !== '') output.write('\n');
      shown = '';
    },
  };
};
