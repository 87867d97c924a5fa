import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually, startChild, type Child } from '@fleet/testing';

// Each test starts a process, which takes its time on a busy machine.
jest.setTimeout(60_000);

const entry = join(process.cwd(), 'test/services/sample-service.ts');
const start = (env: Record<string, string> = {}): Child =>
  startChild({ entry, env: { ADMIN_PORT: '0', ...env } });

function field(line: string, name: string): unknown {
  return (JSON.parse(line) as Record<string, unknown>)[name];
}

const position = (child: Child, phrase: string): number =>
  child.lines.findIndex((line) => line.includes(phrase));

describe('a service process', () => {
  it('says every mistake of its environment and exits 78 before it listens', async () => {
    await using child = start({
      COUNT: '1e3',
      SHUTDOWN_TIMEOUT_MS: 'soon',
      NATS_URL: 'nats://:hunter2@:4222',
    });
    expect(await child.exited).toEqual({ code: 78, signal: null });
    const said = child.lines.join('\n');
    expect(said).toContain('COUNT: expected an integer of at least 1, got "1e3"');
    expect(said).toContain('SHUTDOWN_TIMEOUT_MS: expected a whole number of milliseconds');
    expect(said).toContain('NATS_URL: expected NATS servers');
    expect(said).not.toContain('hunter2');
    expect(said).not.toContain('listening');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops the last part first on %s and exits 0', async (signal) => {
    await using child = start();
    await child.line(/service started/);
    child.kill(signal);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(position(child, 'first stopped')).toBeLessThan(position(child, 'service stopped'));
  });

  it('writes one JSON object a line, without secrets', async () => {
    await using child = start();
    const line = await child.line(/listening/);
    expect(field(line, 'level')).toBe('info');
    expect(line).not.toContain('hunter2');
  });

  it('says where an error came from only where it should not have come', async () => {
    await using child = start();
    const warning = await child.line(/trying on/);
    expect(field(warning, 'err')).toEqual({
      ...{ type: 'Error', message: 'away' },
      cause: { type: 'Error', message: 'refused' },
    });
    expect(field(warning, 'why')).toEqual({ not: { type: 'Error', message: 'no' } });
    expect(field(await child.line(/"failed"/), 'err')).toMatchObject({
      message: 'broken',
      stack: expect.stringContaining('sample-service') as string,
    });
  });

  it('undoes a start that a signal interrupts', async () => {
    await using child = start({ MODE: 'slow-start' });
    await child.line(/listening/);
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(position(child, 'first stopped')).toBeGreaterThan(0);
    expect(position(child, 'service started')).toBe(-1);
  });

  it('cuts off a part that does not stop, and exits 1', async () => {
    await using child = start({ MODE: 'stuck', SHUTDOWN_TIMEOUT_MS: '200' });
    await child.line(/service started/);
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.lines.join('\n')).toContain('part did not stop in time');
    expect(position(child, 'first stopped')).toBeGreaterThan(0);
  });

  it('hurries at a second signal', async () => {
    await using child = start({ MODE: 'courteous', SHUTDOWN_TIMEOUT_MS: '600000' });
    await child.line(/service started/);
    child.kill('SIGTERM');
    await child.line(/waiting for everyone/);
    child.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(child.lines.join('\n')).toContain('second signal');
  });

  it('says in one sentence that its port is taken, undoes the start and exits 1', async () => {
    const holder = createServer().listen(0);
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await using child = start({ ADMIN_PORT: String(port) });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    holder.close();
    const fatal = child.lines.filter((line) => field(line, 'level') === 'fatal');
    expect(fatal.map((line) => field(line, 'msg'))).toEqual([
      `service cannot start: port ${port} is in use by another process: set ADMIN_PORT to a free one (0 takes any)`,
    ]);
    expect(position(child, 'first stopped')).toBeGreaterThan(0);
  });

  it('stops and exits 1 when a promise is left rejected', async () => {
    await using child = start({ MODE: 'rejects' });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    expect(child.lines.join('\n')).toContain('nobody catches this');
    expect(position(child, 'first stopped')).toBeGreaterThan(0);
  });

  it('stops with one sentence and exits 1 when it finds that it cannot go on', async () => {
    await using child = start({ MODE: 'contradiction' });
    expect(await child.exited).toEqual({ code: 1, signal: null });
    const fatal = child.lines.filter((line) => field(line, 'level') === 'fatal');
    expect(fatal.map((line) => field(line, 'msg'))).toEqual(['the stream contradicts the configuration']);
  });

  it('outlives the reader of its log', async () => {
    const loader = createRequire(join(process.cwd(), 'package.json')).resolve('tsx');
    const child = spawn(
      process.execPath,
      ['--conditions=@fleet/source', '--import', pathToFileURL(loader).href, entry],
      {
        env: { ...process.env, ADMIN_PORT: '0', MODE: 'chatty' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    try {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const port = await eventually(() => /"adminPort":(\d+)[^]*still here/.exec(text)?.[1], {
        withinMs: 30_000,
      });
      child.stdout.destroy();
      const cpuOf = async (): Promise<number> => {
        const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]);
      };
      const before = await cpuOf();
      // It has worked on, and so has written into the closed pipe.
      await eventually(async () => (await cpuOf()) > before);
      expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
