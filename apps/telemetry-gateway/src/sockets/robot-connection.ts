import type { CloseReason } from '@fleet/event-envelope';
import { closeCodes } from '@fleet/robot-protocol';
import type { RawData } from 'ws';

import type { LedgerReport } from '../http/index.ts';
import type { OpenedConnection } from '../presence/index.ts';
import type { Acknowledged } from '../telemetry/ack-schedule.ts';
import { Backlog } from '../telemetry/backlog.ts';
import { ConnectionQuality } from '../telemetry/connection-quality.ts';
import { SequenceLedger, type Acknowledgement } from '../telemetry/sequence-ledger.ts';
import type { OpenedSession } from '../telemetry/sessions.ts';
import { reasonOfCloseCode, reasonOfError } from './close-reason.ts';
import { createConnectionId } from './connection-id.ts';
import type { ConnectionParts } from './connection-parts.ts';
import { frameText } from './frame-text.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outgoing } from './outgoing.ts';
import { Reception } from './reception.ts';
import type { RobotSocket, SocketOwner } from './robot-socket.ts';
import { tracedMessage } from './traced-message.ts';
import { welcomeMessage } from './welcome.ts';

/** Who connected, and with what. */
export interface Arrival {
  readonly robotId: string;
  readonly session: string | undefined;
  readonly protocol: string | undefined;
  /** Unix milliseconds: when the robot's credential ends. */
  readonly expiresAtMs: number | undefined;
}

/** The other side may never answer a close frame. */
const closeWithinMs = 2000;

/** Of every connection until its session is open: nothing is read before, so nothing is entered here. */
const unopened: OpenedSession = { ledger: new SequenceLedger(), isKnown: true };

/** One robot's socket, from its upgrade to the end of what it sent. */
export class RobotConnection implements Acknowledged, OpenedConnection, SocketOwner {
  readonly robotId: string;
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly protocol: string | undefined;
  readonly sessionName: string | undefined;
  session: OpenedSession = unopened;
  readonly #socket: RobotSocket;
  readonly #expiresAtMs: number | undefined;
  readonly #parts: ConnectionParts;
  readonly #quality: ConnectionQuality;
  readonly #heartbeat = new Heartbeat();
  /** These three are made when they are needed: they are most of what a connection holds, and one may say nothing. */
  #outgoing: Outgoing | undefined;
  #backlog: Backlog | undefined;
  #reception: Reception | undefined;
  /** The session's numbers are known. */
  #isWelcomed = false;
  #reason: CloseReason | undefined;
  #release: (() => void) | undefined;
  #isHeld = false;
  #isClosed = false;

  constructor(socket: RobotSocket, arrival: Arrival, parts: ConnectionParts) {
    this.robotId = arrival.robotId;
    this.connectedAt = Date.now();
    this.connectionId = createConnectionId(arrival.robotId, this.connectedAt);
    this.protocol = arrival.protocol;
    this.sessionName = arrival.session;
    this.#expiresAtMs = arrival.expiresAtMs;
    this.#socket = socket;
    this.#parts = parts;
    this.#quality = new ConnectionQuality(this.connectedAt);
  }

  /**
   * Reads nothing until the session's numbers are known and the robot is welcomed. What is said by then leaves in one
   * piece, once `release` is called.
   */
  async open(release: () => void): Promise<void> {
    this.#release = release;
    const { presence, connections, sessions, log } = this.#parts;
    const { robotId, connectionId, sessionName: session } = this;
    this.#socket.pause();
    this.#socket.owner = this;
    connections.add(this);
    presence.open(this);
    log.debug({ robotId, connectionId, session }, 'robot connected');
    this.session = await sessions.open(
      session === undefined ? undefined : { robotId, session, holder: connectionId },
      () => this.isOpen,
    );
    if (!this.isOpen) return;
    this.#isWelcomed = true;
    // Not counted among what waits for the robot to read: it is the first, and short.
    this.#socket.send(JSON.stringify(welcomeMessage(this, this.session.ledger, this.#parts.limits)));
    this.#sendHeld();
    this.resumeReading();
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.#reason === undefined;
  }

  get isPaused(): boolean {
    return this.#socket.isPaused;
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    if (!this.isOpen) return;
    this.#parts.intake.metrics.acknowledgements += 1;
    this.#speak().acknowledge(acknowledgement);
  }

  takenOver(): void {
    this.close(closeCodes.replaced, 'replaced');
  }

  /** Reads on, unless there is no room or the connection is on its way out. */
  resumeReading(): void {
    if (!this.#isWelcomed || this.#isHeld || this.#isClosed || !this.isPaused) return;
    if (!this.#isFull) this.#socket.resume();
  }

  /** Says why and when to come again, closes, and cuts the socket off when the other side does not answer. */
  close(code: number, reason: CloseReason): void {
    if (!this.isOpen) return;
    // First of all: what is said now may overflow and end the connection again.
    this.#reason = reason;
    const reconnect_after_ms = Math.round(Math.random() * this.#parts.limits.maxReconnectAfterMs);
    this.#speak().say({ type: 'closing', reason, reconnect_after_ms });
    this.#socket.close(code, reason);
    this.#sendHeld();
    // The robot's close frame can only be heard by reading.
    this.#socket.resume();
    setTimeout(() => this.#socket.terminate(), closeWithinMs).unref();
  }

  /** Stops reading; resolves when all that was read is settled, or the signal comes. */
  async hold(signal: AbortSignal): Promise<void> {
    if (!this.isOpen) return;
    this.#isHeld = true;
    this.#socket.pause();
    while (!signal.aborted && !this.#isClosed && this.#unsettled > 0) await shortly();
  }

  /** Gives up what is still on its way. */
  abandon(): void {
    this.#reception?.abandon();
  }

  /** One visit of the heartbeat. */
  beat(nowMs: number): void {
    if (!this.isOpen) return;
    if (this.#expiresAtMs !== undefined && nowMs >= this.#expiresAtMs) {
      this.close(closeCodes.tokenExpired, 'token_expired');
    } else if (this.#heartbeat.beat(nowMs, !this.isPaused) === 'timeout') {
      this.close(closeCodes.heartbeatTimeout, 'heartbeat_timeout');
    } else this.#socket.ping();
  }

  /** Publishes how well it went since the last time. */
  reportQuality(nowMs: number): void {
    const report = this.#quality.report(this, this.session.ledger, nowMs);
    this.#parts.eventStream.emit('telemetry.connection_quality', report);
  }

  /** What came over this connection so far. */
  ledgerReport(): LedgerReport {
    const { ledger } = this.session;
    return { ...ledger.counts, lastSeq: ledger.last, lost: ledger.lost, missing: ledger.missing };
  }

  onMessage(data: RawData, isBinary: boolean): void {
    if (!this.isOpen || this.#isHeld || !this.#isWelcomed) return;
    const reception = (this.#reception ??= this.#receive());
    const now = Date.now();
    const { text, bytes } = frameText(data, isBinary);
    this.#heartbeat.heard();
    this.#quality.messages += 1;
    this.#quality.bytes += bytes;
    this.#parts.presence.seen(this.robotId, this.connectionId, now);
    tracedMessage(this, () => reception.receive(text, bytes, now));
    this.#pauseWhenFull();
  }

  onPong(): void {
    const roundTripMs = this.#heartbeat.answered(Date.now());
    if (roundTripMs !== undefined) this.#quality.roundTrip(roundTripMs);
  }

  onError(error: Error): void {
    this.#reason ??= reasonOfError(error);
  }

  onClose(code: number): void {
    const { presence, connections, metrics, latest, log } = this.#parts;
    const { robotId, connectionId } = this;
    const reason = this.#reason ?? reasonOfCloseCode(code);
    const now = Date.now();
    this.#isClosed = true;
    this.reportQuality(now);
    presence.closed(connectionId, reason);
    metrics.closed(reason);
    if (connections.remove(this)) latest.forget(robotId);
    if (this.#unsettled > 0) connections.linger(this);
    const durationSeconds = (now - this.connectedAt) / 1000;
    const { givenUp } = this.session.ledger.counts;
    log.info(
      { robotId, connectionId, reason, durationSeconds, ...(givenUp > 0 && { givenUp }) },
      'robot disconnected',
    );
  }

  #sendHeld(): void {
    this.#release?.();
    this.#release = undefined;
  }

  get #isFull(): boolean {
    return this.#backlog?.isFull === true || this.#parts.intake.total.isFull;
  }

  get #unsettled(): number {
    return this.#reception?.unsettled ?? 0;
  }

  #speak(): Outgoing {
    return (this.#outgoing ??= new Outgoing(this.#socket, {
      maxBytes: this.#parts.limits.maxOutgoingBytes,
      onOverflow: () => this.close(closeCodes.slowConsumer, 'slow_consumer'),
    }));
  }

  #receive(): Reception {
    const { robotId, connectionId } = this;
    const { maxUnacked: samples, maxUnackedBytes: bytes } = this.#parts.limits;
    this.#backlog = new Backlog({ samples, bytes }, () => this.resumeReading());
    return new Reception(
      {
        robotId,
        connectionId,
        session: this.sessionName,
        ledger: this.session.ledger,
        backlog: this.#backlog,
        outgoing: this.#speak(),
        onSettled: () => this.#onSettled(),
        close: (code, reason) => this.close(code, reason),
      },
      this.#parts,
    );
  }

  #pauseWhenFull(): void {
    if (this.#isFull && this.isOpen) this.#socket.pause();
  }

  #onSettled(): void {
    this.#parts.acks.due(this);
    if (this.#isClosed && this.#unsettled === 0) this.#parts.connections.settled(this);
  }
}

const shortly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
