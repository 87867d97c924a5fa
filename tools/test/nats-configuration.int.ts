import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(__dirname, '../../docker/nats');
const routes = [0, 1, 2].map((server) => `nats://route:route-secret@nats-${server}.nats:6222`);
const names = ['ROUTE', 'GATEWAY', 'WORKER', 'READER', 'OPERATOR', 'SYSTEM'];
const environment = {
  // Debian has the server where the PATH of an ordinary user does not look.
  PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`,
  SERVER_NAME: 'nats-0',
  NATS_ROUTES: `[${routes.join(', ')}]`,
  ...Object.fromEntries(names.map((name) => [`NATS_${name}_PASSWORD`, `secret-of-${name}`])),
};

describe('the configurations of docker/nats', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'fleet-nats-'));
    cpSync(source, directory, { recursive: true });
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  /** What a server says of a file without starting with it. */
  const judge = (file: string, env: object = environment): string => {
    const { error, stdout, stderr } = spawnSync('nats-server', ['-t', '-c', join(directory, file)], {
      env: { ...env },
      encoding: 'utf8',
      timeout: 30_000,
    });
    if (error !== undefined) throw error;
    return stdout + stderr;
  };

  /** Servers before 2.10 do not know `sync_interval`. */
  const withoutSyncInterval = (file: string): string => {
    const text = readFileSync(join(directory, file), 'utf8');
    const old = `old-${file}`;
    writeFileSync(join(directory, old), text.replace(/^ *sync_interval: .*$/m, ''));
    return old;
  };

  it('are taken by a server: the one of three', () => {
    const judged = judge('cluster.conf');
    const known = /unknown field "sync_interval"/.test(judged)
      ? judge(withoutSyncInterval('cluster.conf'))
      : judged;
    expect(known).toMatch(/cluster\.conf is valid/);
  });

  it('are taken by a server: the only one', () => {
    expect(judge('nats.conf')).toMatch(/nats\.conf is valid/);
  });

  it('are not taken without the passwords of the users', () => {
    const rest = Object.fromEntries(
      Object.entries(environment).filter(([name]) => name !== 'NATS_GATEWAY_PASSWORD'),
    );
    expect(judge(withoutSyncInterval('cluster.conf'), rest)).toMatch(/NATS_GATEWAY_PASSWORD/);
  });
});
