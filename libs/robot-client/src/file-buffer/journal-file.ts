import {
  closeSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * When the operating system is told to bring what was written to the disk: after every line, once a second, or never.
 * A crash of the process loses nothing with any of them; a loss of power loses up to what was not brought.
 */
export type SyncPolicy = 'always' | 'every-second' | 'never';

const syncEveryMs = 1_000;

/** A file of lines that only grows until it is replaced as a whole. */
export class JournalFile {
  readonly #path: string;
  readonly #policy: SyncPolicy;
  #file: number;
  #bytes: number;
  #isDirty = false;
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  constructor(path: string, policy: SyncPolicy, bytes: number) {
    this.#path = path;
    this.#policy = policy;
    this.#file = openSync(path, 'a');
    this.#bytes = bytes;
    // A last line that was torn by a crash must not become the beginning of the next.
    ftruncateSync(this.#file, bytes);
    if (policy === 'every-second') this.#timer = setInterval(() => this.#syncLater(), syncEveryMs).unref();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends a line as a whole or not at all. */
  append(line: string): void {
    const data = Buffer.from(`${line}\n`);
    try {
      for (let written = 0; written < data.length;) written += writeSync(this.#file, data, written);
      if (this.#policy === 'always') fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += data.length;
    this.#isDirty = true;
  }

  /** Puts other lines in the place of all there are: after a crash the file has either the old or the new ones. */
  replace(lines: readonly string[]): void {
    this.#bytes = replaceLines(this.#path, lines);
    closeSync(this.#file);
    this.#file = openSync(this.#path, 'a');
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#policy !== 'never') fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #syncLater(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    // The file may have been replaced meanwhile, and what replaces it is synced already.
    fsync(this.#file, () => undefined);
  }
}

/** The whole lines of a file and how many bytes they take; nothing when there is no such file. */
export const readLines = (path: string): { lines: string[]; bytes: number } | undefined => {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const bytes = data.lastIndexOf(0x0a) + 1;
  return { lines: data.toString('utf8', 0, bytes).split('\n').slice(0, -1), bytes };
};

/** Writes a file so that it is there as a whole or not at all, and returns its size. */
export const replaceLines = (path: string, lines: readonly string[]): number => {
  const data = Buffer.from(`${lines.join('\n')}\n`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, data, { flush: true });
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return data.length;
};
