import type { IncomingMessage } from 'node:http';

import { eventually } from '@fleet/testing';
import { WebSocket } from 'ws';

/** A message of the gateway, as it came. */
export interface Said {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A robot that does only what it is told, so that a test can see what the gateway does. */
export class TestRobot {
  readonly said: Said[] = [];
  readonly socket: WebSocket;
  #refusal: IncomingMessage | undefined;
  closed: { code: number; reason: string } | undefined;

  constructor(url: string, options: { protocols?: string[]; autoPong?: boolean } = {}) {
    this.socket = new WebSocket(url, options.protocols ?? [], { autoPong: options.autoPong ?? true });
    this.socket.on('message', (data: Buffer) => this.said.push(JSON.parse(data.toString()) as Said));
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.socket.on('error', () => undefined);
    this.socket.on('unexpected-response', (request, response) => {
      this.#refusal = response;
      request.destroy();
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  telemetry(seq: number | undefined, more: object = {}): void {
    this.send({
      type: 'telemetry',
      ...(seq !== undefined && { seq }),
      metrics: { value: seq ?? 0 },
      ...more,
    });
  }

  all(type: string): Said[] {
    return this.said.filter((message) => message.type === type);
  }

  /** The first message of a type, as soon as there is one. */
  one(type: string): Promise<Said> {
    return eventually(() => this.all(type)[0], { describe: `the gateway says ${type}` });
  }

  welcome(): Promise<Said> {
    return this.one('welcome');
  }

  /** Resolves when everything up to `seq` is confirmed. */
  acked(seq: number): Promise<Said> {
    return eventually(() => this.all('ack').find((ack) => Number(ack['seq']) >= seq), {
      describe: `${seq} is acknowledged`,
    });
  }

  get lastAck(): Said | undefined {
    return this.all('ack').at(-1);
  }

  /** The answer to an upgrade that was not made. */
  refused(): Promise<IncomingMessage> {
    return eventually(() => this.#refusal, { describe: 'the upgrade is refused' });
  }

  untilClosed(): Promise<{ code: number; reason: string }> {
    return eventually(() => this.closed, { describe: 'the socket is closed' });
  }

  close(): void {
    this.socket.close(1000);
  }
}

export const connectTestRobot = async (
  url: string,
  options?: ConstructorParameters<typeof TestRobot>[1],
): Promise<TestRobot> => {
  const robot = new TestRobot(url, options);
  await robot.welcome();
  return robot;
};
