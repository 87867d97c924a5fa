import { mqttPeers, webSocketPeers, type Peer } from './peer.ts';

/** What to send, and what came of it: this process's argument and its answer. */
export interface LoadRequest {
  readonly protocol: 'websocket' | 'mqtt';
  readonly port: number;
  readonly robots: number;
  readonly seconds: number;
  /** Of all robots together; 0 sends as fast as it is confirmed. */
  readonly perSecond: number;
  /** Unconfirmed messages of one robot at most. */
  readonly window: number;
}

export interface LoadResult {
  readonly confirmed: number;
  readonly seconds: number;
  /** Processor time of this process while it sent. */
  readonly cpuSeconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const maxPerRobot = 60_000;
/** Before this, latencies are those of a process that is only being compiled: its own, and what it takes from the others. */
const settlingMs = 1000;
/**
 * A paced robot writes at most so often, all that is due in one go, as one does that samples fast. A write for each
 * message would measure this process: it cannot make half as many of them as a bare `ws` server receives.
 */
const writeEveryMs = 10;

const run = async (request: LoadRequest): Promise<LoadResult> => {
  const { robots, seconds, perSecond, window } = request;
  const connect = request.protocol === 'mqtt' ? mqttPeers() : webSocketPeers(maxPerRobot);
  const peers: Peer[] = [];
  for (let index = 0; index < robots; index += 1) peers.push(await connect(request.port, index));
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let confirmed = 0;

  const drive = (peer: Peer, index: number): void => {
    const { socket, frames } = peer;
    const sentAt: number[] = [];
    let sent = 0;
    let heard = 0;
    const limit = request.protocol === 'mqtt' ? Infinity : frames.count;
    const send = (wanted: number): void => {
      let left = Math.min(wanted, window - (sent - heard), limit - sent);
      while (left > 0 && performance.now() < endsAt) {
        const from = sent % frames.count;
        const count = Math.min(left, frames.count - from);
        socket.write(frames.stretch(from, from + count));
        const now = performance.now();
        if (perSecond > 0) for (let each = 0; each < count; each += 1) sentAt.push(now);
        sent += count;
        left -= count;
      }
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const upTo = peer.confirmed(chunk);
      if (upTo === undefined || upTo <= heard) return;
      const now = performance.now();
      if (perSecond > 0)
        for (let each = heard; each < upTo; each += 1) {
          const at = sentAt[each] ?? now;
          if (at >= startedAt + settlingMs) latencies.push(now - at);
        }
      if (now < endsAt) confirmed += upTo - heard;
      heard = upTo;
      if (perSecond === 0) send(window);
    });
    if (perSecond === 0) {
      send(window);
      return;
    }
    const everyMs = (1000 * robots) / perSecond;
    let nextAt = startedAt + (everyMs * index) / robots;
    const tick = (): void => {
      const now = performance.now();
      let due = 0;
      while (nextAt <= now) {
        due += 1;
        nextAt += everyMs;
      }
      if (due > 0) send(due);
      if (now < endsAt) setTimeout(tick, Math.max(writeEveryMs, nextAt - now));
    };
    setTimeout(tick, (writeEveryMs * index) / robots);
  };
  for (const [index, peer] of peers.entries()) drive(peer, index);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 500));
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuSeconds = (user + system) / 1e6;
  for (const { socket } of peers) socket.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return { confirmed, seconds, cpuSeconds, p50Ms: at(0.5), p99Ms: at(0.99) };
};

void run(JSON.parse(process.argv[2] ?? '') as LoadRequest).then((result) =>
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0)),
);
