import { eventually, startNats } from '@fleet/testing';

import { healthOf } from '../src/index.ts';
import { openStream } from './support/open-stream.ts';
import { sample } from './support/sample.ts';

it('is degraded when nothing is stored for two seconds, connected or not, and ok again when it is', async () => {
  const server = await startNats();
  const open = openStream(server);
  const { stream } = open;
  await eventually(() => healthOf(stream) === 'ok');
  await server.pause();
  stream.emit('telemetry.data_received', sample('robot_1', 1));
  await eventually(() => healthOf(stream) === 'degraded');
  expect(stream.ready).toBe(true);
  await server.resume();
  await eventually(() => healthOf(stream) === 'ok', { withinMs: 30_000 });
  await open[Symbol.asyncDispose]();
  await server.stop();
}, 60_000);
