import type { Cluster, Redis } from 'ioredis';

export interface Watchdog {
  stop(): void;
}

const looksPerSilence = 4;

/**
 * Drops the socket of a server that does not answer, so that what waits on it fails and connecting begins again.
 * TCP alone notices a frozen server after minutes.
 *
 * Silence is counted in looks, not read from the clock: between two looks this process has read its sockets, so a
 * stall of this process is never blamed on the server. Any byte that arrives counts as an answer.
 */
export function watchSilence(
  client: Redis,
  silenceMs: number,
  onDropped: (facts: { address: string }) => void,
): Watchdog {
  const watched = new WeakMap<Redis, SocketWatch>();
  const timer = setInterval(() => {
    for (const node of nodesOf(client)) {
      let watch = watched.get(node);
      if (watch === undefined) watched.set(node, (watch = new SocketWatch(node)));
      if (watch.isSilent()) {
        onDropped({ address: `${node.options.host ?? ''}:${node.options.port ?? ''}` });
        node.stream.destroy();
      }
    }
  }, silenceMs / looksPerSilence);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function nodesOf(client: Redis): Redis[] {
  return client.isCluster ? (client as unknown as Cluster).nodes('all') : [client];
}

class SocketWatch {
  readonly #node: Redis;
  #asked = false;
  #silentLooks = 0;
  #bytesRead = 0;

  constructor(node: Redis) {
    this.#node = node;
  }

  isSilent(): boolean {
    const { status } = this.#node;
    // `connect` is the handshake: a frozen server's kernel accepts connections that nobody will greet.
    if (status !== 'ready' && status !== 'connect') {
      this.#reset();
      return false;
    }
    const bytesRead = this.#bytesSoFar();
    const heard = bytesRead !== this.#bytesRead;
    this.#bytesRead = bytesRead;
    if (heard || (status === 'ready' && !this.#asked)) this.#silentLooks = 0;
    else this.#silentLooks += 1;
    if (this.#silentLooks >= looksPerSilence) {
      this.#reset();
      return true;
    }
    if (status === 'ready' && !this.#asked) this.#ask();
    return false;
  }

  #bytesSoFar(): number {
    const { stream } = this.#node;
    return 'bytesRead' in stream && typeof stream.bytesRead === 'number' ? stream.bytesRead : 0;
  }

  #ask(): void {
    this.#asked = true;
    const answered = (): void => {
      this.#asked = false;
    };
    this.#node.ping().then(answered, answered);
  }

  #reset(): void {
    this.#silentLooks = 0;
    this.#bytesRead = 0;
  }
}
