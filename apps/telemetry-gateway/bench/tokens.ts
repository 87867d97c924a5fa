import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';

export const issuer = 'https://issuer.bench';
export const audience = 'fleet';

/** Writes a key set to a file and makes a robot's token for each name, signed with ES256 and good for an hour. */
export const makeTokens = (jwksFile: string, robotIds: readonly string[]): string[] => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = 'bench';
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  writeFileSync(jwksFile, JSON.stringify({ keys: [jwk] }));
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const header = encode({ alg: 'ES256', kid });
  return robotIds.map((sub) => {
    const text = `${header}.${encode({ iss: issuer, aud: audience, scope: 'robot:connect', sub, exp })}`;
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  });
};
