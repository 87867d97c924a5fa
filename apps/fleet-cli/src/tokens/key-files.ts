import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

import { UsageError } from '../usage-error.ts';

/** Where a pair of keys was written. */
export interface KeyFiles {
  /** Signs tokens; for nobody else's eyes. */
  readonly privatePath: string;
  /** For the services: their `JWT_JWKS_FILE`. */
  readonly publicPath: string;
}

const algorithm = 'EdDSA';

/** Makes a pair of keys in a folder. Where either file is there already it writes nothing. */
export const createKeyFiles = async (folder: string): Promise<KeyFiles> => {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const privateKey = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(privateKey);
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid, alg: algorithm, use: 'sig' };
  const files = { privatePath: join(folder, 'signing-key.json'), publicPath: join(folder, 'jwks.json') };
  await mkdir(folder, { recursive: true });
  await writeNew(files.privatePath, { ...privateKey, kid, alg: algorithm }, 0o600);
  try {
    await writeNew(files.publicPath, { keys: [publicKey] }, 0o644);
  } catch (error) {
    await rm(files.privatePath);
    throw error;
  }
  return files;
};

/** Reads the key that signs tokens. */
export const readSigningKey = async (path: string): Promise<JWK> => {
  let key: unknown;
  try {
    key = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${path}: expected a private key as JSON Web Key; 'fleet keys' makes one`, {
      cause,
    });
  }
  if (typeof key === 'object' && key !== null && 'd' in key && 'alg' in key) return key as JWK;
  throw new UsageError(`${path}: expected a private JSON Web Key with "d" and "alg"; 'fleet keys' makes one`);
};

const writeNew = async (path: string, content: object, mode: number): Promise<void> => {
  try {
    await writeFile(path, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx', mode });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new UsageError(
      `${path} is there already, and nothing was written: choose another folder, or move signing-key.json and jwks.json out of this one when no token signed with them is in use`,
      { cause },
    );
  }
};
