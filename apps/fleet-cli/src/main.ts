#!/usr/bin/env node
import { runCli } from './cli.ts';
import { exitCodes } from './exit-codes.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // Who asks twice does not want to wait.
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    interrupt.abort();
  });

// Whoever reads our output may stop at any time, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  errorIsTerminal: process.stderr.isTTY,
  env: process.env,
  interrupted: interrupt.signal,
});
