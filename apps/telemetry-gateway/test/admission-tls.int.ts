import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tlsOptionsOf } from '../src/admission/index.ts';
import { createCertificate } from './admission/certificates.ts';
import { startDoor, type Visit } from './admission/door.ts';
import { startIssuer } from './admission/tokens.ts';

const statusOf = (visit: Visit): number => (visit.open ? 101 : visit.status);

describe('mutual TLS', () => {
  const authority = createCertificate({ name: 'Fleet Authority' });
  const stranger = createCertificate({ name: 'Fleet Authority' });
  const server = createCertificate({ name: 'gateway', issuer: authority });
  let directory: string;
  let files: { TLS_CERT_FILE: string; TLS_KEY_FILE: string; TLS_CLIENT_CA_FILE: string };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tls-'));
    const write = async (name: string, pem: string): Promise<string> => {
      await writeFile(join(directory, name), pem);
      return join(directory, name);
    };
    files = {
      TLS_CERT_FILE: await write('cert.pem', server.certPem),
      TLS_KEY_FILE: await write('key.pem', server.keyPem),
      TLS_CLIENT_CA_FILE: await write('ca.pem', authority.certPem),
    };
  });
  afterAll(() => rm(directory, { recursive: true }));

  const startTlsDoor = (options: { verifier?: Awaited<ReturnType<typeof startIssuer>>['verifier'] } = {}) => {
    const tls = tlsOptionsOf(files);
    return startDoor({ settings: files, ...(tls ? { tls } : {}), ...options });
  };
  const showing = ({ certPem, keyPem }: { certPem: string; keyPem: string }) => ({
    ca: authority.certPem,
    cert: certPem,
    key: keyPem,
  });

  it('knows a robot by common name, DNS name or URI, and until when', async () => {
    await using door = await startTlsDoor();
    const notAfter = new Date('2048-05-06T07:08:09Z');
    const robots = [
      createCertificate({ name: 'arm_7', issuer: authority, notAfter }),
      createCertificate({ name: 'line 3', issuer: authority, notAfter, dns: ['arm_7'] }),
      createCertificate({
        name: 'line 3',
        issuer: authority,
        notAfter,
        uris: ['spiffe://fleet.example/robot/arm_7'],
      }),
    ];
    for (const robot of robots) expect(statusOf(await door.visit('arm_7', showing(robot)))).toBe(101);
    expect(door.state.admitted.map(({ expiresAtMs }) => expiresAtMs)).toEqual(
      robots.map(() => notAfter.getTime()),
    );
  });

  it('refuses another robot’s name, a stranger’s word, what is over, and nothing at all', async () => {
    await using door = await startTlsDoor();
    const mine = createCertificate({ name: 'arm_8', issuer: authority });
    const forged = createCertificate({ name: 'arm_7', issuer: stranger });
    const over = createCertificate({ name: 'arm_7', issuer: authority, notAfter: new Date('2021-01-01') });
    expect(statusOf(await door.visit('arm_7', showing(mine)))).toBe(403);
    expect(statusOf(await door.visit('arm_7', showing(forged)))).toBe(401);
    expect(statusOf(await door.visit('arm_7', showing(over)))).toBe(401);
    expect(statusOf(await door.visit('arm_7', { ca: authority.certPem }))).toBe(401);
    expect(door.state.refusals).toEqual([
      'forbidden',
      'unauthenticated',
      'unauthenticated',
      'unauthenticated',
    ]);
  });

  it('leaves the other door open: a token where one is asked for', async () => {
    await using issuer = await startIssuer();
    await using door = await startTlsDoor({ verifier: issuer.verifier });
    const headers = { Authorization: `Bearer ${issuer.token({ sub: 'arm_7', scope: 'robot:connect' })}` };
    const robot = createCertificate({ name: 'arm_7', issuer: authority });
    expect(statusOf(await door.visit('arm_7', { ca: authority.certPem, headers }))).toBe(101);
    expect(statusOf(await door.visit('arm_7', showing(robot)))).toBe(101);
    expect(statusOf(await door.visit('arm_7', { ca: authority.certPem }))).toBe(401);
  });

  it('says which file cannot be read', () => {
    const settings = { ...files, TLS_KEY_FILE: join(directory, 'absent.pem') };
    expect(() => tlsOptionsOf(settings)).toThrow(/^TLS_KEY_FILE: .*absent\.pem cannot be read/);
  });

  it('is plain HTTP without a certificate', () => {
    const none = { TLS_CERT_FILE: undefined, TLS_KEY_FILE: undefined, TLS_CLIENT_CA_FILE: undefined };
    expect(tlsOptionsOf(none)).toBeUndefined();
  });
});
