import { spawn } from 'node:child_process';

import { ensureDependencies, root, typeScript } from './run/workspace.mjs';

ensureDependencies();

// The channel tells the other side when this process is gone, however it went.
const up = spawn(process.execPath, [...typeScript, 'tools/src/up.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => up.kill(signal));
up.on('close', (code) => {
  process.exitCode = code ?? 1;
});
