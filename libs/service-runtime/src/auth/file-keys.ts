import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { KeyLog, KeySource } from './key-source.ts';
import { orAfterLook } from './or-after-look.ts';
import { keysUnavailable } from './token-error.ts';

/**
 * Keys from a JWKS file, read again when it has changed: looked at once in `lookEveryMs` (1000), and at once for a key
 * that is not there. A file that is gone or broken is said once, and the keys last read go on working.
 */
export function createFileKeys(path: string, log: KeyLog, lookEveryMs = 1000): KeySource {
  let keys: KeySource | undefined;
  let lookedAt = -Infinity;
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

  function look(): Promise<void> {
    return (reading ??= read().finally(() => {
      lookedAt = performance.now();
      reading = undefined;
    }));
  }

  const find: KeySource = (header, token) => {
    if (keys === undefined) throw keysUnavailable(5);
    return keys(header, token);
  };

  const findOrLook = orAfterLook(find, look);
  return async (header, token) => {
    if (keys === undefined || performance.now() - lookedAt >= lookEveryMs) await look();
    return findOrLook(header, token);
  };
}
