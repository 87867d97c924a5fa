import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';

import { RecordingError } from './recording-error.ts';

/** One object of a recording, and its line, counted from 1. */
export interface RecordedRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads a recording: one JSON object a line, packed with gzip or not (its first bytes tell). Empty lines are passed over.
 *
 * @throws {RecordingError} when there is no such file, or at the first line that is none
 */
export async function* readRecording(path: string): AsyncGenerator<RecordedRow> {
  let line = 0;
  try {
    for await (const text of linesOf(await openRecording(path))) {
      line += 1;
      if (text.trim() !== '') yield { line, values: parseRow(path, line, text) };
    }
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    throw new RecordingError(path, line === 0 ? undefined : line + 1, reasonOf(error), { cause: error });
  }
}

const openRecording = async (path: string): Promise<Readable> => {
  const isPacked = await startsWith(path, gzipMagic);
  const raw = createReadStream(path);
  if (!isPacked) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  return raw.pipe(unpacked).on('close', () => raw.destroy());
};

const gzipMagic = Buffer.from([0x1f, 0x8b]);

const startsWith = async (path: string, magic: Buffer): Promise<boolean> => {
  const file = await open(path);
  try {
    const head = Buffer.alloc(magic.length);
    await file.read(head, 0, magic.length, 0);
    return head.equals(magic);
  } finally {
    await file.close();
  }
};

async function* linesOf(input: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest + decoder.end();
}

const parseRow = (path: string, line: number, text: string): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RecordingError(path, line, `expected a JSON object, got ${excerpt(text)}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RecordingError(path, line, `expected a JSON object, got ${excerpt(text)}`);
  return value as Record<string, unknown>;
};

const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'expected a file, found a folder';
  if (code === 'Z_BUF_ERROR') return 'the packed file ends too early';
  return message;
};
