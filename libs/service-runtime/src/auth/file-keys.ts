import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { KeyLog, KeySource } from './key-source.ts';
import { keysUnavailable } from './token-error.ts';

/**
 * Keys from a JWKS file, read again whenever it has changed. A file that is gone or broken is said once, and the keys
 * last read go on working.
 */
export function createFileKeys(path: string, log: KeyLog): KeySource {
  let keys: KeySource | undefined;
  let version = '';
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    let found = 'unreadable';
    try {
      const { mtimeMs, size, ino } = await stat(path);
      found = `${mtimeMs} ${size} ${ino}`;
      if (found === version) return;
      keys = createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet);
      log.info({ file: path }, 'token keys read');
    } catch (error) {
      if (found !== version) log.warn({ err: error, file: path }, 'token keys cannot be read');
    }
    version = found;
  }

  return async (header, token) => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
    if (keys === undefined) throw keysUnavailable(5);
    return keys(header, token);
  };
}
