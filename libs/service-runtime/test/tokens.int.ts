import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@fleet/testing';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import {
  createApi,
  createFileKeys,
  createRemoteKeys,
  createTokenVerifier,
  requireScope,
  startHttpServer,
  tokenVerifierOf,
  type KeySource,
  type TokenVerifier,
} from '../src/index.ts';
import { createSigner, tokenWithPublicKeyAsSecret, unsignedToken, type Signer } from './signed-tokens.ts';

const issuer = 'https://issuer.example';
const audience = 'fleet';
const quiet = { info: () => undefined, warn: () => undefined };
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const claims = (more: object = {}): object => ({
  iss: issuer,
  aud: audience,
  sub: 'arm_7',
  scope: 'robot:connect telemetry:read',
  exp: nowSeconds() + 600,
  ...more,
});

/** An issuer's address of keys: what it answers can change, and how often it was asked is known. */
async function startKeyServer(signers: Signer[]) {
  const state = { signers, broken: false, asked: 0 };
  const server: Server = createServer((_request, response) => {
    state.asked += 1;
    response.statusCode = state.broken ? 500 : 200;
    response.end(JSON.stringify({ keys: state.signers.map(({ jwk }) => jwk) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { state, url, stop, [Symbol.asyncDispose]: stop };
}

const verifierWith = (keys: KeySource): TokenVerifier => createTokenVerifier({ keys, issuer, audience });

const refusal = (detail: RegExp) => ({
  name: 'TokenError',
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  detail: expect.stringMatching(detail) as string,
});

describe('a token verifier', () => {
  const signer = createSigner('first');
  const stranger = createSigner('first');
  let keyServer: Awaited<ReturnType<typeof startKeyServer>>;
  let verifier: TokenVerifier;
  beforeAll(async () => {
    keyServer = await startKeyServer([signer]);
    verifier = verifierWith(createRemoteKeys({ url: keyServer.url, log: quiet }));
  });
  afterAll(() => keyServer.stop());

  it('says who a sound token speaks for, what it may, and until when', async () => {
    const exp = nowSeconds() + 60;
    const identity = await verifier.verify(signer.token(claims({ exp })));
    expect(identity).toEqual({
      sub: 'arm_7',
      scopes: new Set(['robot:connect', 'telemetry:read']),
      expiresAtMs: exp * 1000,
    });
  });

  it('reads scopes from a list too', async () => {
    const identity = await verifier.verify(signer.token(claims({ scope: undefined, scp: ['a', 7, 'b'] })));
    expect(identity.scopes).toEqual(new Set(['a', 'b']));
  });

  it('forgives a clock that is less than a minute off', async () => {
    await verifier.verify(signer.token(claims({ exp: nowSeconds() - 30 })));
    await verifier.verify(signer.token(claims({ nbf: nowSeconds() + 30 })));
  });

  it.each<[string, () => string, RegExp]>([
    ['expired', () => signer.token(claims({ exp: nowSeconds() - 70 })), /has expired/],
    ['not valid yet', () => signer.token(claims({ nbf: nowSeconds() + 70 })), /nbf is not accepted/],
    ['without an end', () => signer.token(claims({ exp: undefined })), /exp is not accepted/],
    ['of another issuer', () => signer.token(claims({ iss: 'https://evil.example' })), /iss is not accepted/],
    ['for another audience', () => signer.token(claims({ aud: ['others'] })), /aud is not accepted/],
    ['not signed at all', () => unsignedToken(claims()), /algorithm|cannot be verified/],
    [
      'signed with the public key as a secret',
      () => tokenWithPublicKeyAsSecret(signer, claims()),
      /algorithm/,
    ],
    ['signed with an unknown key', () => createSigner('other').token(claims()), /unknown key/],
    ['signed by someone else in the key’s name', () => stranger.token(claims()), /cannot be verified/],
    ['changed after signing', () => changed(signer.token(claims())), /cannot be verified/],
    [
      'with a critical extension nobody knows',
      () => signer.token(claims(), { crit: ['x'], x: 1 }),
      /cannot be verified/,
    ],
    ['no token at all', () => 'a.b.c', /cannot be verified/],
    ['empty', () => '', /cannot be verified/],
  ])('refuses a token that is %s', async (_what, make, detail) => {
    await expect(verifier.verify(make())).rejects.toMatchObject(refusal(detail));
  });

  it('never repeats a token', async () => {
    const token = signer.token(claims({ exp: 1 }));
    const error = await verifier.verify(token).catch((refused: unknown) => refused);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token.split('.')[1]);
  });

  function changed(token: string): string {
    const [header = '', , signature = ''] = token.split('.');
    return [
      header,
      Buffer.from(JSON.stringify(claims({ sub: 'arm_8' }))).toString('base64url'),
      signature,
    ].join('.');
  }
});

describe('algorithms', () => {
  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('takes %s', async (algorithm) => {
    const signer = createSigner('key', algorithm);
    await using keyServer = await startKeyServer([signer]);
    const verifier = verifierWith(createRemoteKeys({ url: keyServer.url, log: quiet }));
    expect((await verifier.verify(signer.token(claims()))).sub).toBe('arm_7');
  });

  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'takes %s as another library signs it',
    async (alg) => {
      const { privateKey, publicKey } = await generateKeyPair(alg);
      const jwk = { ...(await exportJWK(publicKey)), kid: 'key', alg, use: 'sig' };
      const verifier = verifierWith(createLocalJWKSet({ keys: [jwk] }));
      const token = await new SignJWT({ ...claims() })
        .setProtectedHeader({ alg, kid: 'key' })
        .sign(privateKey);
      expect((await verifier.verify(token)).sub).toBe('arm_7');
      const [head, body] = token.split('.');
      await expect(verifier.verify(`${head}.${body}.AAAA`)).rejects.toMatchObject(
        refusal(/cannot be verified/),
      );
    },
  );

  it('refuses an RSA key that is too short, and a token for another algorithm of the same key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const short = verifierWith(
      createLocalJWKSet({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key' }] }),
    );
    const [, body = ''] = createSigner('key').token(claims()).split('.');
    const input = `${Buffer.from('{"alg":"RS256","kid":"key"}').toString('base64url')}.${body}`;
    const signature = sign('sha256', Buffer.from(input), privateKey).toString('base64url');
    await expect(short.verify(`${input}.${signature}`)).rejects.toMatchObject(refusal(/cannot be verified/));
    const signer = createSigner('key', 'RS256');
    const pinned = verifierWith(createLocalJWKSet({ keys: [signer.jwk] }));
    const other = signer.token(claims(), { alg: 'PS256' });
    await expect(pinned.verify(other)).rejects.toMatchObject(refusal(/unknown key|cannot be verified/));
  });
});

describe('keys at an address', () => {
  const first = createSigner('first');
  const second = createSigner('second');

  it('follow a rotation', async () => {
    await using keyServer = await startKeyServer([first]);
    const verifier = verifierWith(createRemoteKeys({ url: keyServer.url, log: quiet, cooldownMs: 0 }));
    await verifier.verify(first.token(claims()));
    keyServer.state.signers = [second];
    expect((await verifier.verify(second.token(claims()))).sub).toBe('arm_7');
    await expect(verifier.verify(first.token(claims()))).rejects.toMatchObject(refusal(/unknown key/));
  });

  it('are not asked for by made-up key ids more than once a cooldown', async () => {
    await using keyServer = await startKeyServer([first]);
    const keys = createRemoteKeys({ url: keyServer.url, log: quiet, cooldownMs: 3_600_000 });
    const verifier = verifierWith(keys);
    await verifier.verify(first.token(claims()));
    const asked = keyServer.state.asked;
    const forgeries = Array.from({ length: 20 }, (_, each) =>
      createSigner(`made-up-${each}`).token(claims()),
    );
    const outcomes = await Promise.allSettled(forgeries.map((token) => verifier.verify(token)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(keyServer.state.asked).toBe(asked);
  });

  it('are fetched once for everyone who waits', async () => {
    await using keyServer = await startKeyServer([first]);
    const verifier = verifierWith(createRemoteKeys({ url: keyServer.url, log: quiet }));
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(first.token(claims()))));
    expect(keyServer.state.asked).toBe(1);
  });

  it('go on working while the address is away, however old they get', async () => {
    const keyServer = await startKeyServer([first]);
    const warnings: string[] = [];
    const log = { ...quiet, warn: (_fields: object, message: string) => void warnings.push(message) };
    const verifier = verifierWith(createRemoteKeys({ url: keyServer.url, log, cooldownMs: 0, maxAgeMs: -1 }));
    await verifier.verify(first.token(claims()));
    await keyServer.stop();
    for (let each = 0; each < 5; each += 1) await verifier.verify(first.token(claims()));
    await expect(verifier.verify(second.token(claims()))).rejects.toMatchObject(refusal(/unknown key/));
    expect(warnings).toEqual(['token keys cannot be fetched']);
  });

  it('are unknown until the address answers: 503, then all is well without a restart', async () => {
    await using keyServer = await startKeyServer([first]);
    keyServer.state.broken = true;
    const verifier = verifierWith(createRemoteKeys({ url: keyServer.url, log: quiet, cooldownMs: 0 }));
    await expect(verifier.verify(first.token(claims()))).rejects.toMatchObject({
      name: 'TokenError',
      status: 503,
      headers: { 'Retry-After': expect.stringMatching(/^[1-9]\d*$/) as string },
    });
    keyServer.state.broken = false;
    await eventually(() => verifier.verify(first.token(claims())));
  });
});

describe('keys in a file', () => {
  const first = createSigner('first');
  const second = createSigner('second');
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keys-'));
    file = join(directory, 'jwks.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function write(content: string, mtimeSeconds: number): Promise<void> {
    await writeFile(`${file}.new`, content);
    await utimes(`${file}.new`, mtimeSeconds, mtimeSeconds);
    await rename(`${file}.new`, file);
  }
  const setOf = (...signers: Signer[]): string => JSON.stringify({ keys: signers.map(({ jwk }) => jwk) });

  it('are read again when the file changes', async () => {
    await write(setOf(first), 1000);
    const verifier = verifierWith(createFileKeys(file, quiet));
    await verifier.verify(first.token(claims()));
    await write(setOf(second), 2000);
    await verifier.verify(second.token(claims()));
    await expect(verifier.verify(first.token(claims()))).rejects.toMatchObject(refusal(/unknown key/));
  });

  it('go on working when the file is broken or gone, which is said once', async () => {
    const warnings: string[] = [];
    const log = { ...quiet, warn: (_fields: object, message: string) => void warnings.push(message) };
    await write(setOf(first), 1000);
    const verifier = verifierWith(createFileKeys(file, log, 0));
    await verifier.verify(first.token(claims()));
    await write('{"keys":', 2000);
    for (let each = 0; each < 3; each += 1) await verifier.verify(first.token(claims()));
    expect(warnings).toHaveLength(1);
    await rm(file);
    for (let each = 0; each < 3; each += 1) await verifier.verify(first.token(claims()));
    expect(warnings).toHaveLength(2);
    await write(setOf(second), 3000);
    await verifier.verify(second.token(claims()));
  });

  it('are unknown while there is no file', async () => {
    const verifier = tokenVerifierOf(
      {
        AUTH_MODE: 'jwt',
        AUTH_ALLOW_ANONYMOUS: false,
        JWT_JWKS_FILE: file,
        JWT_ISSUER: issuer,
        JWT_AUDIENCE: audience,
      },
      quiet,
    );
    await expect(verifier?.verify(first.token(claims()))).rejects.toMatchObject({ status: 503 });
    await write(setOf(first), 1000);
    expect((await verifier?.verify(first.token(claims())))?.sub).toBe('arm_7');
  });
});

describe('requireScope', () => {
  const signer = createSigner('first');
  const keys: KeySource = async (header, token) => {
    await using keyServer = await startKeyServer([signer]);
    return await createRemoteKeys({ url: keyServer.url, log: quiet })(header, token);
  };

  async function answer(verifier: TokenVerifier | undefined, authorization?: string): Promise<Response> {
    const log = { debug: () => undefined, error: () => undefined };
    const app = createApi({
      log,
      authenticate: requireScope(verifier, 'telemetry:read'),
      routes: (api) => api.get('/', (_request, response) => response.json({})),
    });
    const server = await startHttpServer({ app, port: 0, name: 'PORT' });
    try {
      const headers = authorization === undefined ? {} : { Authorization: authorization };
      return await fetch(`http://127.0.0.1:${server.port}/`, { headers });
    } finally {
      await server.stop();
    }
  }

  it('lets everyone through where no tokens are asked for', async () => {
    expect((await answer(undefined)).status).toBe(200);
  });

  it('asks for a token, and for the scope', async () => {
    const verifier = verifierWith(keys);
    expect((await answer(verifier, `Bearer ${signer.token(claims())}`)).status).toBe(200);
    const missing = await answer(verifier);
    expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const wrong = await answer(verifier, 'Bearer a.b.c');
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    const poor = await answer(verifier, `Bearer ${signer.token(claims({ scope: 'robot:connect' }))}`);
    expect(poor.status).toBe(403);
    expect(poor.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(poor.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});
