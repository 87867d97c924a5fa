import { BufferMismatchError } from '../errors.ts';
import type { BufferedSample, RestoredBuffer, SampleBuffer } from '../sample-buffer.ts';
import { randomSessionName } from '../session-name.ts';
import { JournalFile, readLines, replaceLines, type SyncPolicy } from './journal-file.ts';
import {
  headerLine,
  renumbered,
  renumberLine,
  replayJournal,
  sampleLine,
  settledLine,
  type JournalHeader,
} from './journal.ts';

export interface FileBufferOptions {
  /** The folder is made when there is none. One process at a time. */
  readonly path: string;
  /** `every-second` when left out. */
  readonly sync?: SyncPolicy | undefined;
  /** A file beyond this is rewritten once more than half of it is of no use (1 MiB). */
  readonly compactAboveBytes?: number | undefined;
}

/**
 * Keeps unconfirmed samples in a file, with the session's name and its next `seq`, so that a robot that crashed goes on
 * where it was. What was confirmed just before a crash may be sent once more; the gateway stores it once.
 */
export class FileBuffer implements SampleBuffer {
  readonly #path: string;
  readonly #sync: SyncPolicy;
  readonly #compactAboveBytes: number;
  #file: JournalFile | undefined;
  #owner: Omit<JournalHeader, 'nextSeq'> = { robotId: '', session: '' };
  #live = new Map<number, string>();
  #liveBytes = 0;
  #nextSeq = 1;

  constructor(options: FileBufferOptions) {
    this.#path = options.path;
    this.#sync = options.sync ?? 'every-second';
    this.#compactAboveBytes = options.compactAboveBytes ?? 1024 * 1024;
  }

  /** @throws {BufferMismatchError} for the journal of another robot or session, or a file that is no journal */
  open({ robotId, session }: { robotId: string; session: string | undefined }): RestoredBuffer {
    const found = readLines(this.#path);
    const hasContent = found !== undefined && found.lines.length > 0;
    const state = hasContent ? replayJournal(found.lines) : undefined;
    if (hasContent) this.#check(state?.header, robotId, session);
    this.#owner = { robotId, session: state?.header.session ?? session ?? randomSessionName() };
    this.#live = state?.live ?? this.#live;
    this.#liveBytes = [...this.#live.values()].reduce((sum, body) => sum + body.length, 0);
    this.#nextSeq = state?.nextSeq ?? 1;
    const bytes = state === undefined ? replaceLines(this.#path, this.#lines()) : (found?.bytes ?? 0);
    this.#file = new JournalFile(this.#path, this.#sync, bytes);
    return {
      session: this.#owner.session,
      nextSeq: this.#nextSeq,
      samples: Array.from(this.#live, ([seq, body]) => ({ seq, body })),
      unreadable: state?.unreadable ?? 0,
    };
  }

  append(sample: BufferedSample): void {
    this.#file?.append(sampleLine(sample));
    this.#live.set(sample.seq, sample.body);
    this.#liveBytes += sample.body.length;
    this.#nextSeq = sample.seq + 1;
  }

  settle(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#liveBytes -= this.#live.get(seq)?.length ?? 0;
      this.#live.delete(seq);
    }
    this.#file?.append(settledLine(seqs));
    this.#compact();
  }

  renumber(fromSeq: number, by: number): void {
    this.#file?.append(renumberLine(fromSeq, by));
    this.#live = renumbered(this.#live, fromSeq, by);
    this.#nextSeq += by;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #check(header: JournalHeader | undefined, robotId: string, session: string | undefined): void {
    if (header === undefined) throw new BufferMismatchError(`${this.#path} is not the journal of a robot`);
    if (header.robotId !== robotId)
      throw new BufferMismatchError(`${this.#path} belongs to robot ${header.robotId}, not to ${robotId}`);
    if (session !== undefined && session !== header.session)
      throw new BufferMismatchError(`${this.#path} belongs to session ${header.session}, not to ${session}`);
  }

  #compact(): void {
    const bytes = this.#file?.bytes ?? 0;
    if (bytes > this.#compactAboveBytes && bytes > 2 * this.#liveBytes) this.#file?.replace(this.#lines());
  }

  #lines(): string[] {
    const samples = Array.from(this.#live, ([seq, body]) => sampleLine({ seq, body }));
    return [headerLine({ ...this.#owner, nextSeq: this.#nextSeq }), ...samples];
  }
}

/** A buffer for `connectRobot` that survives a crash; see {@link FileBuffer}. */
export const createFileBuffer = (options: FileBufferOptions): SampleBuffer => new FileBuffer(options);
