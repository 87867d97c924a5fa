import type { Outbox, OutboxAppend, OutboxEntry } from '../../src/index.ts';

export interface MemoryOutbox extends Outbox {
  readonly entries: OutboxEntry[];
  /** Whatever is to be appended waits until the function given back is called. */
  holdAppends(): () => void;
  /** How often `append` was called. */
  readonly appends: number;
}

/** An outbox that several event streams of one process can share. */
export const createMemoryOutbox = (filled: readonly OutboxAppend[] = []): MemoryOutbox => {
  const entries: OutboxEntry[] = [];
  let keys = 0;
  let appends = 0;
  let tokens = 0;
  let holder: number | undefined;
  let open: Promise<void> | undefined;

  const put = ({ id, subject, bytes, at, attempted }: OutboxAppend): void => {
    keys += 1;
    const key = String(keys).padStart(12, '0');
    entries.push({ key, id, subject, bytes: Uint8Array.from(bytes), at, attemptedAt: attempted ? at : null });
  };
  filled.forEach(put);

  return {
    entries,
    get appends() {
      return appends;
    },
    holdAppends() {
      let release: () => void = () => undefined;
      open = new Promise((resolve) => (release = resolve));
      return release;
    },
    async append(appended) {
      appends += 1;
      await open;
      appended.forEach(put);
      return { leftOut: 0 };
    },
    depth: () => Promise.resolve({ entries: entries.length, oldestAgeMs: null }),
    lease() {
      if (holder !== undefined) return Promise.resolve(null);
      const token = (tokens += 1);
      holder = token;
      return Promise.resolve({
        token,
        renew: () => Promise.resolve(holder === token),
        release: () => {
          if (holder === token) holder = undefined;
          return Promise.resolve();
        },
      });
    },
    read: (limit, after = '') => Promise.resolve(entries.filter(({ key }) => key > after).slice(0, limit)),
    attempted(tried) {
      for (const [index, entry] of entries.entries()) {
        if (tried.includes(entry.key)) entries[index] = { ...entry, attemptedAt: Date.now() };
      }
      return Promise.resolve();
    },
    remove(removed) {
      const left = entries.filter(({ key }) => !removed.includes(key));
      entries.splice(0, entries.length, ...left);
      return Promise.resolve();
    },
  };
};
