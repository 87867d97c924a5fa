import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { closeCodes, protocolName, type ClosingMessage } from '@fleet/robot-protocol';
import { ProblemError } from '@fleet/service-runtime';
import { WebSocketServer, type WebSocket } from 'ws';

import { refuseUpgrade, type Admission } from '../admission/index.ts';
import type { Arrival } from './robot-connection.ts';
import type { UpgradeRefusal } from './socket-metrics.ts';
import { parseUpgradeTarget } from './upgrade-target.ts';

export interface UpgradeParts {
  readonly admission: Admission;
  /** 0, or how long a new connection of the robot must wait. */
  readonly fightingDelayMs: (robotId: string) => number;
  readonly connect: (socket: WebSocket, arrival: Arrival) => void;
  readonly onAnswered: (status: number) => void;
  readonly onRefused: (reason: UpgradeRefusal) => void;
  readonly maxMessageBytes: number;
  readonly compression: boolean;
}

const switchingProtocols = 101;

/** Turns upgrade requests into connections: path, admission, handshake. What is refused is refused before the upgrade. */
export const acceptUpgrades = (server: Server, parts: UpgradeParts): void => {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: parts.maxMessageBytes,
    perMessageDeflate: parts.compression,
    handleProtocols: (offered) => offered.has(protocolName) && protocolName,
  });
  const refuse = (socket: Duplex, problem: ProblemError, reason: UpgradeRefusal): void => {
    parts.onAnswered(problem.status);
    parts.onRefused(reason);
    refuseUpgrade(socket, problem);
  };
  sockets.on('wsClientError', (error, socket) =>
    refuse(socket, new ProblemError(400, error.message), 'handshake'),
  );

  const answer = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const target = parseUpgradeTarget(request.url ?? '');
    if (target.kind === 'unknown') {
      refuse(socket, new ProblemError(404, 'robots connect to /ws/{robot_id}'), 'path');
      return;
    }
    if (target.kind === 'invalid') {
      refuse(socket, new ProblemError(400, target.detail), 'path');
      return;
    }
    const { robotId, session } = target;
    const verdict = await parts.admission.admit(request, robotId);
    if (socket.destroyed) return;
    if (!verdict.admitted) {
      refuse(socket, verdict.problem, verdict.reason);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      parts.onAnswered(switchingProtocols);
      const delayMs = parts.fightingDelayMs(robotId);
      if (delayMs > 0) sendAway(client, delayMs);
      else {
        const protocol = client.protocol === '' ? undefined : client.protocol;
        parts.connect(client, { robotId, session, protocol, expiresAtMs: verdict.expiresAtMs });
      }
    });
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The client may go away while it is being judged.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    void answer(request, socket, head)
      .catch(() => refuse(socket, new ProblemError(500), 'error'))
      .finally(() => socket.off('error', onError));
  });
};

/** Two robots fight for one id: the newcomer has to wait. */
const sendAway = (client: WebSocket, reconnectAfterMs: number): void => {
  const message: ClosingMessage = {
    type: 'closing',
    reason: 'contested',
    reconnect_after_ms: Math.round(reconnectAfterMs),
  };
  client.on('error', () => client.terminate());
  client.send(JSON.stringify(message));
  client.close(closeCodes.tryLater, message.reason);
  setTimeout(() => client.terminate(), 2000).unref();
};
