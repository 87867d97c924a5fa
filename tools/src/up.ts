import { Lifecycle } from '@fleet/service-runtime';

import { openLogs, type Logs } from './up/logs.ts';
import { parseOptions, usage, UsageError, type UpOptions } from './up/options.ts';
import { checkRecording } from './up/recording.ts';
import { runUp } from './up/run.ts';
import { createScreen } from './up/screen.ts';

const stopWithinMs = 45_000;

const readOptions = (): UpOptions => {
  try {
    // npm runs scripts in the workspace; paths are meant from where the command was given.
    const given = parseOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
    if (given.replay !== undefined && !given.help) checkRecording(given.replay.file);
    return given;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
};

const options = readOptions();
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const screen = createScreen(process.stdout);
const lifecycle = new Lifecycle({
  debug: () => undefined,
  error: (fields, message) => screen.say(`${message}: ${JSON.stringify(fields)}`),
});
const stopping = new AbortController();

// Ctrl-C may come twice, from the terminal and from npm; once is enough and more changes nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
process.on('disconnect', () => stopping.abort());

let exitCode = 0;
let logs: Logs | undefined;
try {
  logs = await openLogs(lifecycle, options.keepData);
  await runUp({ options, lifecycle, screen, logs: logs.directory, stopping: stopping.signal });
} catch (error) {
  if (!stopping.signal.aborted) {
    exitCode = 1;
    screen.say(error instanceof Error ? error.message : String(error));
    if (await logs?.keep()) screen.say(`The logs are kept in ${String(logs?.directory)}`);
  }
}
stopping.abort();
screen.end();
console.log('Stopping');
if (!(await lifecycle.stop(stopWithinMs))) exitCode = 1;
console.log('Stopped');
process.exit(exitCode);
