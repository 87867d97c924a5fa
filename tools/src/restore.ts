import { resolve } from 'node:path';

import { describeBackup } from './streams/backup-files.ts';
import { restoreStream } from './streams/restore-stream.ts';
import { runWithNats } from './streams/run-with-nats.ts';

const [directory, ...rest] = process.argv.slice(2);
if (directory === undefined || rest.length > 0) {
  process.stderr.write('npm run restore -- DIRECTORY\n');
  process.exit(2);
}
// npm runs scripts in the workspace; paths are meant from where the command was given.
const source = resolve(process.env['INIT_CWD'] ?? '.', directory);
void runWithNats(async (nc) => describeBackup(await restoreStream(nc, source)));
