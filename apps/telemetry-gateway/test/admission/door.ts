import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TokenVerifier } from '@fleet/service-runtime';
import { startHttpServer } from '@fleet/service-runtime';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import {
  admissionSettings,
  createAdmission,
  refuseUpgrade,
  type Admitted,
  type AdmissionSettings,
  type RefusalReason,
} from '../../src/admission/index.ts';
import { z } from 'zod';

export interface DoorOptions {
  settings?: Partial<AdmissionSettings>;
  verifier?: TokenVerifier;
  tls?: ServerOptions;
}

export type Visit =
  | { open: WebSocket; subprotocol: string }
  | { open: undefined; status: number; headers: IncomingMessage['headers']; problem: unknown };

/** A server with nothing but the admission in front of it. */
export async function startDoor({ settings = {}, verifier, tls }: DoorOptions = {}) {
  const state = { draining: false, admitted: [] as Admitted[], refusals: [] as RefusalReason[] };
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'fleet.v1' });
  const started = await startHttpServer({
    app: (_request, response) => void response.end(),
    port: 0,
    host: '127.0.0.1',
    name: 'PORT',
    ...(tls ? { tls } : {}),
  });
  const admission = createAdmission({
    settings: { ...z.object(admissionSettings).parse({}), ...settings },
    verifier,
    connections: () => sockets.clients.size,
    isDraining: () => state.draining,
  });
  started.server.on('upgrade', (request, socket, head) => {
    void admission.admit(request, (request.url ?? '').slice(1)).then((verdict) => {
      if (!verdict.admitted) {
        state.refusals.push(verdict.reason);
        refuseUpgrade(socket, verdict.problem);
        return;
      }
      state.admitted.push(verdict);
      sockets.handleUpgrade(request, socket, head, (opened) => opened.on('error', () => undefined));
    });
  });
  const visitors: WebSocket[] = [];

  /** Connects as a robot would, and says what came of it. */
  function visit(robotId: string, options: ClientOptions & { subprotocols?: string[] } = {}): Promise<Visit> {
    const { subprotocols = [], ...rest } = options;
    const address = `${tls ? 'wss' : 'ws'}://127.0.0.1:${started.port}/${robotId}`;
    return new Promise((resolve, reject) => {
      const visitor = new WebSocket(address, subprotocols, rest);
      visitors.push(visitor);
      visitor.on('open', () => resolve({ open: visitor, subprotocol: visitor.protocol }));
      visitor.on('unexpected-response', (_request, response) => {
        text(response).then((body) => {
          const { statusCode: status = 0, headers } = response;
          resolve({ open: undefined, status, headers, problem: JSON.parse(body) as unknown });
        }, reject);
      });
      visitor.on('error', reject);
    });
  }

  return {
    ...started,
    state,
    visit,
    connections: () => sockets.clients.size,
    async [Symbol.asyncDispose]() {
      for (const socket of [...visitors, ...sockets.clients]) socket.terminate();
      await started.stop(0);
    },
  };
}
