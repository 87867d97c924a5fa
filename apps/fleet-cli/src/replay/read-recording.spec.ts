import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { readRecording, type RecordedRow } from './read-recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const readAll = async (path: string): Promise<RecordedRow[]> => {
  const rows: RecordedRow[] = [];
  for await (const row of readRecording(path)) rows.push(row);
  return rows;
};

const many = Array.from({ length: 20_000 }, (_, index) => JSON.stringify({ num: index + 1 })).join('\n');

describe('reading a recording', () => {
  it('gives every object with its line, whatever ends the lines', async () => {
    const path = fileOf('plain.jsonl', '{"a":1}\r\n\n{"a":null}\n  \n{"a":3}');
    expect(await readAll(path)).toEqual([
      { line: 1, values: { a: 1 } },
      { line: 3, values: { a: null } },
      { line: 5, values: { a: 3 } },
    ]);
  });

  it('unpacks what is packed, whatever it is called', async () => {
    const rows = await readAll(fileOf('packed.jsonl', gzipSync(many)));
    expect(rows).toHaveLength(20_000);
    expect(rows.at(-1)).toEqual({ line: 20_000, values: { num: 20_000 } });
  });

  it('finds nothing in an empty file', async () => {
    expect(await readAll(fileOf('empty.jsonl', ''))).toEqual([]);
  });

  it.each([
    ['{"a":1}\n{"a":\n', /:2: expected a JSON object, got "\{\\"a\\":"/],
    ['{"a":1}\n\n[1]\n', /:3: expected a JSON object, got "\[1\]"/],
    ['null', /:1: expected a JSON object/],
    [`{"a":1}\n${'x'.repeat(500)}`, /:2: expected a JSON object, got "x{60}…"/],
  ])('says which line of %.20j is none', async (content, message) => {
    const path = fileOf('garbled.jsonl', content);
    await expect(readAll(path)).rejects.toThrow(message);
    await expect(readAll(path)).rejects.toMatchObject({ name: 'RecordingError' });
  });

  it('says where a packed file ends too early', async () => {
    const packed = gzipSync(many);
    const path = fileOf('torn.jsonl.gz', packed.subarray(0, packed.length / 2));
    await expect(readAll(path)).rejects.toThrow(/torn\.jsonl\.gz:\d+: /);
  });

  it.each([
    ['missing.jsonl', /no such file/],
    ['.', /expected a file, found a folder/],
  ])('says what is wrong with the path %p', async (name, message) => {
    await expect(readAll(join(folder, name))).rejects.toThrow(message);
  });

  it('may be left early', async () => {
    for await (const row of readRecording(fileOf('left.jsonl', many))) if (row.line === 3) break;
  });
});
