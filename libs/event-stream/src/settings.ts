import type { StreamName } from '@fleet/event-envelope';

/** How much of a stream is kept. */
export interface StreamLimits {
  readonly maxBytes: number;
  readonly maxAgeSeconds: number;
}

/** An upper bound by number and by size of what is encoded. */
export interface Bound {
  readonly messages: number;
  readonly bytes: number;
}

export interface EventStreamSettings {
  /** `host:port` or `nats://`, `tls://` addresses; none means that there is no event stream. */
  readonly servers: readonly string[];
  /** The connection's name on the server: the service. */
  readonly name: string;
  /** Which instance of the service this is: named in `meta.producer` and in dead letters. */
  readonly instance: string;
  readonly credsFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Copies of each stream, 1, 3 or 5; 1 unless given. */
  readonly replicas?: number | undefined;
  /** `false` leaves streams as they are, and waits for one that is not there: for those who only read. `true` unless given. */
  readonly keepStreams?: boolean | undefined;
  /** Limits that differ from the Charter's: 1 GiB and 30 days of events, 2 GiB and a day of telemetry, 256 MiB and 30 days of dead letters. */
  readonly streams?: Partial<Record<StreamName, Partial<StreamLimits>>> | undefined;
  /** A server that answers no ping is given up after two of these; 5000 unless given. */
  readonly pingIntervalMs?: number | undefined;
  /** What may be unacknowledged on the wire, per stream; 4096 messages and 8 MiB unless given. */
  readonly window?: Partial<Bound> | undefined;
  /** What may be held in memory, per stream; 16384 messages and 16 MiB unless given. */
  readonly buffer?: Partial<Bound> | undefined;
  /** What `publish` may keep waiting for room beside that, per stream; 262144 messages and 256 MiB unless given. */
  readonly waiting?: Partial<Bound> | undefined;
  /** How long a message may go without acknowledgement while connected before it is sent again; 5000 unless given. */
  readonly ackTimeoutMs?: number | undefined;
  /** Age at which an unconfirmed event is moved to the outbox; 1000 unless given. */
  readonly outboxAfterMs?: number | undefined;
}
