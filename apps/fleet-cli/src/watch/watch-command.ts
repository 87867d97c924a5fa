import { Command } from 'commander';

import { fromOption } from '../option-values.ts';
import type { Terminal } from '../terminal.ts';
import { eventJson, eventLine } from './event-line.ts';
import { openTail } from './open-tail.ts';
import { printTail } from './print-tail.ts';

interface WatchOptions {
  readonly nats?: string | undefined;
  readonly from: 'now' | 'beginning' | Date;
  readonly json: boolean;
}

const allEvents = ['charter.v1.>'];

/** `fleet watch`: shows events as they are stored. */
export const createWatchCommand = (terminal: Terminal): Command =>
  new Command('watch')
    .description('show events as they are stored, until Ctrl-C')
    .argument('[filters...]', "subjects, such as 'charter.v1.telemetry.>' (default: all events)")
    .option('--nats <servers>', 'where the event stream is (default: NATS_URL, or nats://127.0.0.1:4222)')
    .option('--from <time>', 'now, beginning, or a time such as 2026-03-01T12:00:00Z', fromOption, 'now')
    .option('--json', 'one JSON object a line, with the place in the stream', false)
    .action(async (given: string[], { nats, from, json }: WatchOptions) => {
      const filters = given.length > 0 ? given : allEvents;
      const tail = openTail({ nats, from, filters, signal: terminal.interrupted }, terminal);
      await printTail(tail, terminal, json ? eventJson : eventLine);
    });
