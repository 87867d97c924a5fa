import { join } from 'node:path';

import { startChild } from '../src/index.ts';

const start = () =>
  startChild({ entry: join(__dirname, 'fixtures/child.ts'), args: ['a', 'b'], env: { GUEST: 'a robot' } });

describe('startChild', () => {
  it('runs TypeScript with libraries from their sources, and reads both outputs', async () => {
    await using child = start();
    await expect(child.line(/^charter/)).resolves.toBe('charter 1.0 for a robot');
    await expect(child.line((line) => line.startsWith('arguments'))).resolves.toBe('arguments a b');
    expect(child.lines).toHaveLength(2);
  });

  it('tells how the child ended', async () => {
    await using child = start();
    await child.line(/^arguments/);
    child.kill('SIGTERM');
    await expect(child.exited).resolves.toEqual({ code: 3, signal: null });
  });

  it('rejects the wait for a line when the child ends without it', async () => {
    await using child = start();
    const missing = child.line(/never/);
    child.kill('SIGKILL');
    await expect(missing).rejects.toThrow('the child has ended');
    await expect(child.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });
});
