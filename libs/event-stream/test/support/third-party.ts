import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(__dirname, '../fixtures/third-party.c');
const remedy = 'A C compiler and libnats are needed: apt-get install gcc libc6-dev libnats-dev';

export interface ThirdParty extends Disposable {
  /** Runs it with arguments and an input, and gives what it printed; rejects when it fails or takes too long. */
  run(args: readonly string[], input?: string): Promise<string>;
}

const compile = (program: string) =>
  spawnSync('gcc', ['-O1', '-o', program, source, '-lnats'], { encoding: 'utf8', timeout: 60_000 });

/** With the rights of this user, or with those that it may take without being asked. */
const aptGet = (...args: string[]): boolean => {
  const command = ['apt-get', '-y', '-o', 'Acquire::Retries=3', ...args];
  const [program = '', ...rest] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, rest, { stdio: ['ignore', 2, 2], env, timeout: 300_000 }).status === 0;
};

const install = (): void => {
  process.stderr.write('Installing gcc and libnats-dev with apt-get\n');
  const packages = () => aptGet('install', '--no-install-recommends', 'gcc', 'libc6-dev', 'libnats-dev');
  if (!packages() && !(aptGet('update') && packages())) throw new Error(remedy);
};

/** A client of another make, compiled here; what it takes is installed where it is missing and that is possible. */
export const buildThirdParty = (): ThirdParty => {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-third-party-'));
  const program = join(directory, 'third-party');
  if (compile(program).status !== 0) {
    install();
    const { status, stderr } = compile(program);
    if (status !== 0) throw new Error(`${remedy}\n${stderr}`);
  }
  return {
    run: (args, input = '') =>
      new Promise((resolve, reject) => {
        const child = execFile(program, args, { timeout: 30_000 }, (error, stdout, stderr) => {
          if (error) reject(new Error(`third party: ${stderr || error.message}`));
          else resolve(stdout);
        });
        child.stdin?.end(input);
      }),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
};
