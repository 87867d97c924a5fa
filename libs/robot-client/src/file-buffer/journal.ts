import { mergeRanges, type SeqRanges } from '@fleet/robot-protocol';

import type { BufferedSample } from '../sample-buffer.ts';

/** Whose journal it is, and the `seq` of the next new sample at the time the journal was begun. */
export interface JournalHeader {
  readonly robotId: string;
  readonly session: string;
  readonly nextSeq: number;
}

/** What the lines of a journal come to. */
export interface JournalState {
  readonly header: JournalHeader;
  readonly nextSeq: number;
  /** The bodies of unconfirmed samples by `seq`, ascending. */
  readonly live: Map<number, string>;
  readonly unreadable: number;
}

const format = 'fleet-robot-journal/1';

export const headerLine = ({ robotId, session, nextSeq }: JournalHeader): string =>
  JSON.stringify({ format, robot_id: robotId, session, next_seq: nextSeq });

/** The sample as it goes over the wire. */
export const sampleLine = ({ seq, body }: BufferedSample): string => `{"seq":${seq},${body}`;

export const settledLine = (seqs: readonly number[]): string =>
  JSON.stringify({ settled: mergeRanges(seqs.map((seq) => [seq, seq])) });

export const renumberLine = (fromSeq: number, by: number): string =>
  JSON.stringify({ renumber: [fromSeq, by] });

interface Line {
  readonly format?: string;
  readonly robot_id?: string;
  readonly session?: string;
  readonly next_seq?: number;
  readonly seq?: number;
  readonly settled?: SeqRanges;
  readonly renumber?: readonly [number, number];
}

/** Reads a journal; nothing for one without a readable header. Other lines that cannot be read are passed over and counted. */
export const replayJournal = (lines: readonly string[]): JournalState | undefined => {
  const header = headerOf(parseLine(lines[0]));
  if (header === undefined) return undefined;
  let live = new Map<number, string>();
  let { nextSeq } = header;
  let unreadable = 0;
  for (const text of lines.slice(1)) {
    const line = parseLine(text);
    if (typeof line?.seq === 'number') {
      live.set(line.seq, text.slice(text.indexOf(',') + 1));
      nextSeq = Math.max(nextSeq, line.seq + 1);
    } else if (line?.settled !== undefined) {
      for (const [from, to] of line.settled) for (let seq = from; seq <= to; seq += 1) live.delete(seq);
    } else if (line?.renumber !== undefined) {
      const [fromSeq, by] = line.renumber;
      live = renumbered(live, fromSeq, by);
      nextSeq += by;
    } else unreadable += 1;
  }
  return { header, nextSeq, live, unreadable };
};

export const renumbered = (
  live: ReadonlyMap<number, string>,
  fromSeq: number,
  by: number,
): Map<number, string> => new Map([...live].map(([seq, body]) => [seq >= fromSeq ? seq + by : seq, body]));

const headerOf = (line: Line | undefined): JournalHeader | undefined => {
  if (line?.format !== format || line.robot_id === undefined || line.session === undefined) return undefined;
  return { robotId: line.robot_id, session: line.session, nextSeq: line.next_seq ?? 1 };
};

const parseLine = (text: string | undefined): Line | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};
