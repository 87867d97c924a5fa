import { Command } from 'commander';

import type { Terminal } from '../terminal.ts';
import { openTail } from '../watch/open-tail.ts';
import { printTail } from '../watch/print-tail.ts';
import { deadLetterJson, deadLetterLine } from './dead-letter-line.ts';
import { untilCaughtUp } from './until-caught-up.ts';

interface DeadOptions {
  readonly nats?: string | undefined;
  readonly follow: boolean;
  readonly json: boolean;
}

/** `fleet dead`: shows the messages that subscribers could not handle. */
export const createDeadCommand = (terminal: Terminal): Command =>
  new Command('dead')
    .description('list the dead letters: messages that a subscriber could not handle')
    .option('--nats <servers>', 'where the event stream is (default: NATS_URL, or nats://127.0.0.1:4222)')
    .option('--follow', 'go on with those to come, until Ctrl-C', false)
    .option('--json', 'one JSON object a line, with headers and content', false)
    .action(async ({ nats, follow, json }: DeadOptions) => {
      const end = new AbortController();
      const signal = AbortSignal.any([end.signal, terminal.interrupted]);
      const tail = openTail({ nats, from: 'beginning', filters: ['charter.dead.>'], signal }, terminal);
      await printTail(
        follow ? tail : untilCaughtUp(tail, end),
        terminal,
        json ? deadLetterJson : deadLetterLine,
      );
    });
