import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';

import { createKeyFiles, readSigningKey } from './key-files.ts';
import { createRobotTokens } from './robot-tokens.ts';
import { signToken } from './sign-token.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rules = { issuer: 'fleet', audience: 'fleet' };

const verify = async (token: string, jwks: string) =>
  (await jwtVerify(token, createLocalJWKSet(JSON.parse(readFileSync(jwks, 'utf8')) as JSONWebKeySet), rules))
    .payload;

describe('tokens', () => {
  it('are accepted by whoever has the public half of the key', async () => {
    const { privatePath, publicPath } = await createKeyFiles(join(folder, 'a'));
    const key = await readSigningKey(privatePath);
    const token = await signToken(
      { ...rules, subject: 'robot_001', scopes: ['robot:connect'], ttlSeconds: 60 },
      key,
    );
    const payload = await verify(token, publicPath);
    expect(payload).toMatchObject({ sub: 'robot_001', scope: 'robot:connect' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it('differ from robot to robot', async () => {
    const { privatePath, publicPath } = await createKeyFiles(join(folder, 'b'));
    const tokenOf = await createRobotTokens({ ...rules, signingKey: privatePath });
    const source = tokenOf('robot_007');
    expect(typeof source).toBe('function');
    const token = typeof source === 'function' ? await source() : '';
    expect(await verify(token, publicPath)).toMatchObject({ sub: 'robot_007' });
  });

  it('are the one that was given, without a key', async () => {
    expect((await createRobotTokens({ ...rules, token: 'given' }))('robot_001')).toBe('given');
    expect((await createRobotTokens(rules))('robot_001')).toBeUndefined();
  });
});

describe('key files', () => {
  it('keep the private half for the owner and out of the public file', async () => {
    const { privatePath, publicPath } = await createKeyFiles(join(folder, 'c'));
    expect(statSync(privatePath).mode & 0o077).toBe(0);
    expect(readFileSync(publicPath, 'utf8')).not.toContain('"d"');
  });

  it('are never overwritten', async () => {
    const { privatePath } = await createKeyFiles(join(folder, 'd'));
    const before = readFileSync(privatePath, 'utf8');
    await expect(createKeyFiles(join(folder, 'd'))).rejects.toThrow(/is there already/);
    expect(readFileSync(privatePath, 'utf8')).toBe(before);
  });

  it('are not made by halves where one of the two is there', async () => {
    const { privatePath, publicPath } = await createKeyFiles(join(folder, 'e'));
    rmSync(privatePath);
    await expect(createKeyFiles(join(folder, 'e'))).rejects.toThrow(`${publicPath} is there already`);
    expect(existsSync(privatePath)).toBe(false);
  });

  it.each(['not json', '{"kty":"OKP"}', 'null'])('are not made of %s', async (content) => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, content);
    await expect(readSigningKey(path)).rejects.toThrow(/broken\.json: expected a private/);
  });
});
