import { Writable } from 'node:stream';

import { runCli } from './cli.ts';

const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const collect = (chunks: string[]): Writable =>
    new Writable({ write: (chunk: Buffer, _, done) => done((chunks.push(chunk.toString()), null)) });
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    stdout: collect(out),
    stderr: collect(err),
    errorIsTerminal: false,
    env: {},
    interrupted: new AbortController().signal,
  });
  return { code, out: out.join(''), err: err.join('') };
};

describe('fleet', () => {
  it('explains itself', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('simulate');
  });

  it.each([
    [['dance'], /unknown command 'dance'/],
    [['simulate', '--robots', '0'], /expected a whole number from 1 to 100000/],
    [['simulate', '--robots', '2.5'], /expected a whole number/],
    [['simulate', '--rate', 'fast'], /expected a number from/],
    [['simulate', '--gateway', 'localhost:8080'], /expected a URL that begins with ws:/],
    [['simulate', '--redis', 'http://x'], /REDIS_URL: expected a URL that starts with redis:/],
    [['simulate', '--speed', '2'], /--speed needs --replay/],
    [['simulate', '--replay', 'x', '--robots', '3'], /--robots does not go with --replay/],
    [['simulate', '--replay', 'x', '--speed', '-1'], /expected max or a number above 0/],
    [['simulate', '--replay', '/no/such/file.jsonl'], /fleet: \/no\/such\/file\.jsonl: no such file/],
    [['simulate', '--replay', 'x', '--robot', 'a b'], /expected a robot id/],
    [['simulate', '--prefix', '*'], /expected the beginning of a robot id/],
    [['watch', '--from', 'yesterday'], /expected now, beginning or a time/],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('does not repeat a URL that may hold a password', async () => {
    const { err } = await run('simulate', '--redis', 'reddis://:secret@host');
    expect(err).not.toContain('secret');
  });
});
