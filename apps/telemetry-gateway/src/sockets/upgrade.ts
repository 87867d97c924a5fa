import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { closeCodes, protocolName, type ClosingMessage } from '@fleet/robot-protocol';
import { ProblemError } from '@fleet/service-runtime';
import { WebSocketServer, type WebSocket } from 'ws';

import { refuseUpgrade, type Admission } from '../admission/index.ts';
import type { Arrival } from './robot-connection.ts';
import { RobotSocket } from './robot-socket.ts';
import type { UpgradeRefusal } from './socket-metrics.ts';
import { parseUpgradeTarget } from './upgrade-target.ts';

export interface UpgradeParts {
  readonly admission: Admission;
  /** 0, or how long a new connection of the robot must wait. */
  readonly fightingDelayMs: (robotId: string) => number;
  /** Nothing is sent until `release` is called. */
  readonly connect: (socket: RobotSocket, arrival: Arrival, release: () => void) => void;
  readonly onAnswered: (status: number) => void;
  readonly onRefused: (reason: UpgradeRefusal, problem: ProblemError) => void;
  readonly maxMessageBytes: number;
  readonly compression: boolean;
}

const switchingProtocols = 101;

/** Turns upgrade requests into connections: path, admission, handshake. What is refused is refused before the upgrade. */
export const acceptUpgrades = (server: Server, parts: UpgradeParts): void => {
  const sockets = new WebSocketServer({
    WebSocket: RobotSocket,
    noServer: true,
    clientTracking: false,
    maxPayload: parts.maxMessageBytes,
    perMessageDeflate: parts.compression,
    handleProtocols: (offered) => offered.has(protocolName) && protocolName,
  });
  const refuse = (socket: Duplex, problem: ProblemError, reason: UpgradeRefusal): void => {
    parts.onAnswered(problem.status);
    parts.onRefused(reason, problem);
    refuseUpgrade(socket, problem);
  };
  sockets.on('wsClientError', (error, socket) =>
    refuse(socket, new ProblemError(400, error.message), 'handshake'),
  );

  const answer = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    // The client may go away while it is being judged.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
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
    // From here on errors are the WebSocket's.
    socket.off('error', onError);
    // Whoever is let in gets the answer and the first message in one piece.
    socket.cork();
    sockets.handleUpgrade(request, socket, head, (client) => {
      parts.onAnswered(switchingProtocols);
      const delayMs = parts.fightingDelayMs(robotId);
      if (delayMs > 0) {
        sendAway(client, delayMs);
        socket.uncork();
        return;
      }
      const protocol = client.protocol === '' ? undefined : client.protocol;
      const { expiresAtMs } = verdict;
      parts.connect(client, { robotId, session, protocol, expiresAtMs }, () => socket.uncork());
    });
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    answer(request, socket, head).catch(() => refuse(socket, new ProblemError(500), 'error'));
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
