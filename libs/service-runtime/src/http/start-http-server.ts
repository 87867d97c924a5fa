import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { rawProblem } from './raw-problem.ts';
import { ProblemError } from './problem-error.ts';

export interface HttpServerOptions {
  /** Answers requests; or give a `server` of your own. */
  app?: RequestListener;
  server?: Server;
  tls?: TlsOptions;
  /** 0 takes any free port. */
  port: number;
  host?: string;
  /** The variable that sets the port, for the message when it is taken. */
  name: string;
}

export interface StartedServer {
  port: number;
  server: Server;
  /**
   * No new connections, idle ones closed, running requests finished; what is still open after `withinMs` (5000) is
   * cut off. Upgraded sockets are not its business.
   */
  stop(withinMs?: number): Promise<void>;
}

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/**
 * Connections that wait to be taken: whoever finds no room comes again after a second, then two, then four. Node asks
 * for 511; what the kernel gives is bounded by net.core.somaxconn.
 */
const backlog = 4096;

/** Listens, with limits against clients that never finish a request. Rejects in one sentence when it cannot. */
export async function startHttpServer(options: HttpServerOptions): Promise<StartedServer> {
  const server = options.server ?? create(options);
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.on('clientError', refuseUnreadable);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    server,
    async stop(withinMs = 5000) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection whose last request ends from now on is idle too, and its client may keep it for long.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

function create({ app, tls }: HttpServerOptions): Server {
  // Node looks for requests that are overdue every 30 s unless told.
  const connectionsCheckingInterval = 2000;
  return tls
    ? createTlsServer({ connectionsCheckingInterval, handshakeTimeout: headersTimeoutMs, ...tls }, app)
    : createServer({ connectionsCheckingInterval }, app);
}

function listen(server: Server, { port, host, name }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, name)));
    server.listen({ port, backlog, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, name: string): Error {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `port ${port} is in use by another process: set ${name} to a free one (0 takes any)`,
      cause,
    );
  }
  if (error.code === 'EACCES') {
    return new Error(`port ${port} may not be opened by this user: set ${name} to 1024 or higher`, cause);
  }
  return new Error(`cannot listen on port ${port} (${name}): ${error.message}`, cause);
}

function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(rawProblem(new ProblemError(unreadableStatus(error.code))), () => socket.destroy());
}

function unreadableStatus(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
