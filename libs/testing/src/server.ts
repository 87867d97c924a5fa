/**
 * A real server that belongs to one test. Whatever becomes of it, it keeps its port and its data until `stop`;
 * and it does not outlive the process that started it, even when that process is killed.
 */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it for good and removes its data, unless the data directory was the caller's. */
  stop(): Promise<void>;
  /** As a crash does: SIGKILL, nothing is flushed. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port with the same data; resolves when it answers. */
  start(): Promise<void>;
  /** As a hang does: it keeps its connections and answers nothing. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** What both ways of running a server, as a process and as a container, need to know. */
export interface Program {
  /** Of the executable, and for messages. */
  readonly name: string;
  readonly scheme: 'nats' | 'redis';
  readonly images: Images;
  /** The port inside a container. */
  readonly containerPort: number;
  /** What comes before the arguments in the command of a container. */
  readonly containerCommand: readonly string[];
  /** Settles when the server on this port of 127.0.0.1 is fully up; rejects when it is not yet. */
  readonly answers: (port: number) => Promise<void>;
  /** Everything that depends on where the server runs. */
  readonly layout: (place: Place) => Layout;
}

export interface Images {
  /** From the environment; empty or undefined when it says nothing. */
  readonly wanted: string | undefined;
  /** Taken when this machine has built it, see tools/images. */
  readonly built: string;
  readonly official: string;
}

export interface Place {
  readonly address: string;
  readonly port: number;
  /** An existing directory for the data. */
  readonly dataDir: string;
  /** Where the `files` of the layout will lie. */
  readonly configDir: string;
}

export interface Layout {
  readonly args: readonly string[];
  /** Written into `configDir` before the start, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Beyond what its surroundings give it. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Placement {
  readonly port: number;
  /** Data that is to survive `stop`; a directory of its own, removed at `stop`, when left out. */
  readonly storeDir?: string;
  /** Containers share the machine's own network, so that they reach each other as processes do. */
  readonly hostNetwork?: boolean;
}
