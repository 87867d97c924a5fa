import { resolve } from 'node:path';

import { backupStream } from './streams/backup-stream.ts';
import { describeBackup } from './streams/backup-files.ts';
import { runWithNats } from './streams/run-with-nats.ts';

const [stream, directory, ...rest] = process.argv.slice(2);
if (stream === undefined || directory === undefined || rest.length > 0) {
  process.stderr.write('npm run backup -- STREAM DIRECTORY\n');
  process.exit(2);
}
// npm runs scripts in the workspace; paths are meant from where the command was given.
const target = resolve(process.env['INIT_CWD'] ?? '.', directory);
void runWithNats(async (nc) => `${describeBackup(await backupStream(nc, stream, target))}, in ${target}`);
