import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { decodeJwt } from 'jose';

import { runCli } from '../cli.ts';
import { createKeyFiles } from './key-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-token-'));
let key: string;
beforeAll(async () => {
  key = (await createKeyFiles(folder)).privatePath;
});
afterAll(() => rmSync(folder, { recursive: true }));

const runToken = async (...args: string[]) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const interrupted = new AbortController().signal;
  const terminal = { stdout, stderr, errorIsTerminal: false, env: {}, interrupted };
  const code = await runCli(['token', '--key', key, ...args], terminal);
  const said = (stream: PassThrough): string => ((stream.read() as Buffer | null) ?? '').toString();
  return { code, out: said(stdout), err: said(stderr) };
};

const scopeOf = (token: string): unknown => decodeJwt(token.trim())['scope'];

describe('fleet token', () => {
  it('allows a robot to connect and a reader to read', async () => {
    expect(scopeOf((await runToken('--robot', 'robot_001')).out)).toBe('robot:connect');
    expect(scopeOf((await runToken('--reader', 'dana')).out)).toBe('telemetry:read');
  });

  it('allows what is asked for, jobs too', async () => {
    const { code, out } = await runToken('--reader', 'dana', '--scope', 'telemetry:read, jobs:run');
    expect(code).toBe(0);
    expect(decodeJwt(out.trim())).toMatchObject({ sub: 'dana', scope: 'telemetry:read jobs:run' });
  });

  it.each(['jobs:walk', '', 'jobs:run,'])('refuses the scopes %j', async (list) => {
    const { code, out, err } = await runToken('--reader', 'dana', '--scope', list);
    expect(code).not.toBe(0);
    expect(out).toBe('');
    expect(err).toContain('--scope: expected some of robot:connect,telemetry:read,jobs:run');
  });
});
