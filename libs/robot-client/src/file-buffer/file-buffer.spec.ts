import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BufferMismatchError } from '../errors.ts';
import type { RestoredBuffer, SampleBuffer } from '../sample-buffer.ts';
import { createFileBuffer, type FileBufferOptions } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const newPath = (): string => join(folder, 'of', 'robots', `${(count += 1)}.journal`);

const owner = { robotId: 'robot_001', session: undefined };
const body = (id: number | string): string => `"metrics":{"a":${JSON.stringify(id)}}}`;

const openBuffers: SampleBuffer[] = [];
const open = (
  options: FileBufferOptions,
  asked = owner as { robotId: string; session: string | undefined },
) => {
  const buffer = createFileBuffer(options);
  const restored: RestoredBuffer = buffer.open(asked);
  openBuffers.push(buffer);
  return { buffer, restored };
};
afterEach(() => openBuffers.splice(0).forEach((buffer) => buffer.close()));

/** What the next life finds when this one ends without closing anything. */
const afterCrash = (path: string): RestoredBuffer => open({ path }).restored;

describe('a file buffer', () => {
  it('begins empty, with a session it remembers', () => {
    const path = newPath();
    const { restored } = open({ path });
    expect(restored).toMatchObject({ nextSeq: 1, samples: [], unreadable: 0 });
    expect(restored.session).toMatch(/^[0-9a-f]{32}$/);
    expect(afterCrash(path).session).toBe(restored.session);
  });

  it.each(['always', 'every-second', 'never'] as const)('survives a crash when it syncs %s', (sync) => {
    const path = newPath();
    const { buffer } = open({ path, sync });
    for (const seq of [1, 2, 3, 4]) buffer.append({ seq, body: body(`é${seq}`) });
    buffer.settle([1, 3]);
    expect(afterCrash(path)).toMatchObject({
      nextSeq: 5,
      samples: [
        { seq: 2, body: body('é2') },
        { seq: 4, body: body('é4') },
      ],
    });
  });

  it('remembers the next number when nothing is left', () => {
    const path = newPath();
    const { buffer } = open({ path, compactAboveBytes: 1 });
    buffer.append({ seq: 1, body: body(1) });
    buffer.settle([1]);
    expect(afterCrash(path)).toMatchObject({ nextSeq: 2, samples: [] });
  });

  it('remembers what was numbered anew', () => {
    const path = newPath();
    const { buffer } = open({ path });
    for (const seq of [1, 2, 3]) buffer.append({ seq, body: body(seq) });
    buffer.renumber(2, 100);
    buffer.append({ seq: 104, body: body(104) });
    buffer.settle([102]);
    expect(afterCrash(path)).toMatchObject({
      nextSeq: 105,
      samples: [{ seq: 1 }, { seq: 103 }, { seq: 104 }],
    });
  });

  it('forgives a last line torn anywhere, and goes on behind it', () => {
    const path = newPath();
    const { buffer } = open({ path });
    buffer.append({ seq: 1, body: body(1) });
    const whole = statSync(path).size;
    buffer.append({ seq: 2, body: body('é') });
    const end = statSync(path).size;
    const full = readFileSync(path);
    for (let size = whole; size < end; size += 1) {
      writeFileSync(path, full);
      truncateSync(path, size);
      const next = open({ path });
      expect(next.restored).toMatchObject({ nextSeq: 2, samples: [{ seq: 1 }], unreadable: 0 });
      next.buffer.append({ seq: 2, body: body('again') });
      expect(afterCrash(path)).toMatchObject({ samples: [{ seq: 1 }, { seq: 2, body: body('again') }] });
    }
  });

  it('passes over a line it cannot read, and counts it', () => {
    const path = newPath();
    const { buffer } = open({ path });
    buffer.append({ seq: 1, body: body(1) });
    appendFileSync(path, '\0\0\0garbage\n');
    buffer.append({ seq: 2, body: body(2) });
    expect(afterCrash(path)).toMatchObject({ unreadable: 1, samples: [{ seq: 1 }, { seq: 2 }] });
  });

  it('does not grow with what is settled', () => {
    const path = newPath();
    const { buffer } = open({ path, compactAboveBytes: 2_000, sync: 'never' });
    buffer.append({ seq: 1, body: body('kept') });
    for (let seq = 2; seq < 2_000; seq += 1) {
      buffer.append({ seq, body: body(seq) });
      buffer.settle([seq]);
    }
    expect(statSync(path).size).toBeLessThan(4_000);
    expect(afterCrash(path)).toMatchObject({ nextSeq: 2_000, samples: [{ seq: 1, body: body('kept') }] });
  });

  it.each([
    [{ robotId: 'robot_002', session: undefined }, /belongs to robot robot_001, not to robot_002/],
    [{ robotId: 'robot_001', session: 'other' }, /belongs to session mine, not to other/],
  ])('does not serve %j', (asked, message) => {
    const path = newPath();
    open({ path }, { robotId: 'robot_001', session: 'mine' });
    expect(() => createFileBuffer({ path }).open(asked)).toThrow(message);
  });

  it('leaves a file alone that is no journal', () => {
    const path = join(folder, 'letter.txt');
    writeFileSync(path, 'Dear robot,\n');
    expect(() => createFileBuffer({ path }).open(owner)).toThrow(BufferMismatchError);
    expect(readFileSync(path, 'utf8')).toBe('Dear robot,\n');
  });
});
