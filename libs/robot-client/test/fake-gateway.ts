import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  addRange,
  containsSeq,
  protocolName,
  removeRange,
  type GatewayMessage,
  type RobotMessage,
  type Sample,
  type SeqRanges,
  type WelcomeMessage,
} from '@fleet/robot-protocol';
import { WebSocketServer, type WebSocket } from 'ws';

/** One connection as the gateway sees it. */
export interface FakeConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly messages: RobotMessage[];
  readonly say: (message: GatewayMessage) => void;
}

interface Session {
  readonly stored: Map<number, Sample>;
  /** In the order they came, without duplicates. */
  readonly order: number[];
  lastSeq: number;
  missing: SeqRanges;
}

interface Answer {
  readonly status: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway by the rules of `fleet.v1` that stores in memory and misbehaves when told to. */
export class FakeGateway implements AsyncDisposable {
  readonly connections: FakeConnection[] = [];
  readonly sessions = new Map<string, Session>();
  /** Instead of the upgrade, an answer. */
  refuse: (request: IncomingMessage) => Answer | undefined = () => undefined;
  /** Says whether a message is stored and confirmed; what is not stored is simply passed over. */
  keeps: (message: RobotMessage, connection: FakeConnection) => boolean | 'unconfirmed' = () => true;
  welcome: Partial<WelcomeMessage> = {};
  /** Whether it says anything at all after an upgrade. */
  isMute = false;
  readonly #http = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => protocolName });

  async start(port = 0): Promise<this> {
    this.#http.on('upgrade', (request: IncomingMessage, raw, head) => {
      const answer = this.refuse(request);
      if (answer !== undefined) {
        const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
        raw.end(`HTTP/1.1 ${answer.status}\r\nConnection: close\r\n${headers.join('')}\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, raw, head, (socket) => this.#serve(socket, request));
    });
    await new Promise<void>((resolve) => this.#http.listen(port, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Everything stored, of all sessions, in the order it came. */
  get storedIds(): unknown[] {
    return [...this.sessions.values()].flatMap(({ order, stored }) =>
      order.map((seq) => stored.get(seq)?.metrics['id']),
    );
  }

  session(name: string): Session {
    const session = this.sessions.get(name) ?? { stored: new Map(), order: [], lastSeq: 0, missing: [] };
    this.sessions.set(name, session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const connection: FakeConnection = {
      socket,
      request,
      messages: [],
      say: (message) => socket.send(JSON.stringify(message)),
    };
    this.connections.push(connection);
    if (this.isMute) return;
    const session = this.session(sessionOf(request));
    connection.say({
      type: 'welcome',
      protocol: protocolName,
      robot_id: 'robot_001',
      connection_id: `ws_robot_001_1703001234_${String(this.connections.length).padStart(6, '0')}`,
      last_seq: session.lastSeq === 0 ? null : session.lastSeq,
      ...(session.missing.length > 0 && { missing: session.missing.map(([from, to]) => [from, to]) }),
      max_message_bytes: 65_536,
      max_unacked: 1024,
      heartbeat_interval_ms: 15_000,
      server_time: Date.now() / 1000,
      ...this.welcome,
    });
    socket.on('message', (data: Buffer) => this.#hear(connection, session, data.toString()));
  }

  #hear(connection: FakeConnection, session: Session, text: string): void {
    const message = JSON.parse(text) as RobotMessage;
    connection.messages.push(message);
    const verdict = this.keeps(message, connection);
    if (verdict === false) return;
    for (const sample of message.type === 'telemetry' ? [message] : message.samples) store(session, sample);
    if (verdict === true) connection.say(ackOf(session));
  }
}

export const ackOf = ({ lastSeq, missing }: Session): GatewayMessage => ({
  type: 'ack',
  seq: lastSeq,
  ...(missing.length > 0 && { missing: missing.map(([from, to]) => [from, to]) }),
});

const sessionOf = (request: IncomingMessage): string =>
  new URL(request.url ?? '', 'ws://gateway').searchParams.get('session') ?? '';

const store = (session: Session, sample: Sample): void => {
  const { seq } = sample;
  if (seq === undefined) return;
  if (seq <= session.lastSeq && !containsSeq(session.missing, seq)) return;
  session.stored.set(seq, sample);
  session.order.push(seq);
  if (seq > session.lastSeq + 1) session.missing = addRange(session.missing, [session.lastSeq + 1, seq - 1]);
  session.missing = removeRange(session.missing, [seq, seq]);
  session.lastSeq = Math.max(session.lastSeq, seq);
};
