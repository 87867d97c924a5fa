import { createHmac, generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Signs tokens with node's own crypto, so that the verifier is judged by something other than its own library. */
export interface Signer {
  kid: string;
  /** For a key set. */
  jwk: JsonWebKey & { kid: string; alg: string; use: string };
  token(claims: object, header?: object): string;
}

export type Algorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

export function createSigner(kid: string, algorithm: Algorithm = 'ES256'): Signer {
  const { privateKey, publicKey } = keyPair(algorithm);
  return {
    kid,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
    token: (claims, header = {}) =>
      join({ alg: algorithm, kid, ...header }, claims, (input) => signature(algorithm, input, privateKey)),
  };
}

/** The classic forgery: the public key, known to everyone, as the secret of an HMAC. */
export function tokenWithPublicKeyAsSecret({ jwk, kid }: Signer, claims: object): string {
  return join({ alg: 'HS256', kid }, claims, (input) =>
    createHmac('sha256', JSON.stringify(jwk)).update(input).digest(),
  );
}

export function unsignedToken(claims: object): string {
  return join({ alg: 'none' }, claims, () => Buffer.alloc(0));
}

function keyPair(algorithm: Algorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signature(algorithm: Algorithm, input: Buffer, key: KeyObject): Buffer {
  if (algorithm === 'EdDSA') return sign(null, input, key);
  if (algorithm === 'ES256') return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
  // 6 is RSA_PKCS1_PSS_PADDING; a salt as long as the digest (RFC 7518, 3.5).
  return sign('sha256', input, algorithm === 'PS256' ? { key, padding: 6, saltLength: 32 } : { key });
}

function join(header: object, claims: object, signed: (input: Buffer) => Buffer): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${signed(Buffer.from(input)).toString('base64url')}`;
}
