import { generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteKeys, createTokenVerifier, type TokenVerifier } from '@fleet/service-runtime';

export interface Issuer extends AsyncDisposable {
  verifier: TokenVerifier;
  /** What makes a gateway ask for this issuer's tokens. */
  env: Readonly<Record<string, string>>;
  /** A token of this issuer for ten minutes, unless the claims say otherwise. */
  token(claims: object): string;
  /** Signs with a new key from now on, and publishes only that. */
  rotate(): void;
  stop(): Promise<void>;
}

const issuer = 'https://issuer.example';
const audience = 'fleet';

/** An issuer of tokens with an address for its keys. */
export async function startIssuer(): Promise<Issuer> {
  let generation = 0;
  let current = createKey(`key-${generation}`);
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [current.jwk] })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const log = { info: () => undefined, warn: () => undefined };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    env: { AUTH_MODE: 'jwt', JWT_JWKS_URL: url, JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
    verifier: createTokenVerifier({ keys: createRemoteKeys({ url, log, cooldownMs: 0 }), issuer, audience }),
    token: (claims) => current.sign({ iss: issuer, aud: audience, exp: secondsFromNow(600), ...claims }),
    rotate() {
      generation += 1;
      current = createKey(`key-${generation}`);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

function createKey(kid: string): { jwk: JsonWebKey; sign: (claims: object) => string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
    sign(claims) {
      const parts = [{ alg: 'ES256', kid }, claims].map((part) => Buffer.from(JSON.stringify(part)));
      const input = parts.map((part) => part.toString('base64url')).join('.');
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}
