import { connect } from 'node:net';
import { join } from 'node:path';

import { eventually, startChild } from '../src/index.ts';

const refuses = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => resolve(false));
    socket.on('error', () => resolve(true));
    socket.on('close', () => socket.destroy());
  });

describe('the servers of a process', () => {
  it('end when the process is killed', async () => {
    await using careless = startChild({ entry: join(__dirname, 'fixtures/careless.ts') });
    const line = await careless.line(/^ports/, 60_000);
    careless.kill('SIGKILL');
    const ports = line.split(' ').slice(1).map(Number);
    expect(ports).toHaveLength(2);
    for (const port of ports)
      await eventually(() => refuses(port), { describe: `the end of the server on ${port}` });
  }, 90_000);
});
