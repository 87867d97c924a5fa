import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A small TCP balancer before several instances of a service, as a cluster's load balancer is. */
export interface Balancer extends AsyncDisposable {
  readonly port: number;
  /** How many connections go through it now. */
  connections(): number;
  /** Cuts every connection, as a failing network does. */
  cut(): void;
  stop(): Promise<void>;
}

const dial = (port: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });

const join = (one: Socket, other: Socket) => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
};

/** Each new connection goes to the next target in turn that accepts it; none accepting, it is closed. */
export const startBalancer = async (targets: readonly number[]): Promise<Balancer> => {
  const open = new Set<Socket>();
  let turn = 0;

  const serve = async (client: Socket) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    for (let tried = 0; tried < targets.length; tried++) {
      const target = targets[turn++ % targets.length];
      const server = target === undefined ? undefined : await dial(target);
      if (!server) continue;
      if (client.destroyed) server.destroy();
      else join(client, server);
      return;
    }
    client.destroy();
  };

  // The client's end may come before the target's beginning: nothing is read until the two are joined.
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (client) => void serve(client));
  listener.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(listener, 'listening');

  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const stop = async () => {
    const closed = new Promise((resolve) => listener.close(resolve));
    cut();
    await closed;
  };
  return {
    port: (listener.address() as AddressInfo).port,
    connections: () => open.size,
    cut,
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
