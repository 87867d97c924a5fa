import { SettingsError } from '@fleet/service-runtime';
import { Command, CommanderError } from 'commander';

import { createDeadCommand } from './dead-letters/dead-command.ts';
import { exitCodes } from './exit-codes.ts';
import { RecordingError } from './replay/recording-error.ts';
import { createSimulateCommand } from './simulate/simulate-command.ts';
import type { Terminal } from './terminal.ts';
import { createKeysCommand, createTokenCommand } from './tokens/token-commands.ts';
import { UsageError } from './usage-error.ts';
import { createWatchCommand } from './watch/watch-command.ts';

/** Runs one command of `fleet`. Never rejects: what went wrong is said on stderr and in the exit code. */
export const runCli = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  let code: number = exitCodes.done;
  const exit = (next: number): void => {
    code = next;
  };
  const program = new Command('fleet')
    .description('robots and events from the command line')
    .addCommand(createSimulateCommand(terminal, exit))
    .addCommand(createWatchCommand(terminal))
    .addCommand(createDeadCommand(terminal))
    .addCommand(createKeysCommand(terminal))
    .addCommand(createTokenCommand(terminal));
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
  return code;
};

const exitCodeOf = (error: unknown, terminal: Terminal): number => {
  // Commander has already said what is wrong, or shown what was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const isForeseen =
    error instanceof UsageError || error instanceof RecordingError || error instanceof SettingsError;
  const text =
    error instanceof Error ? (isForeseen ? error.message : (error.stack ?? error.message)) : String(error);
  terminal.stderr.write(`fleet: ${text}\n`);
  return isForeseen ? exitCodes.usage : exitCodes.failed;
};
