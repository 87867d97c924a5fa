import type { Duplex } from 'node:stream';
import { rawProblem, type ProblemError } from '@fleet/service-runtime';

/** Answers an upgrade request with problem details and closes its socket. */
export function refuseUpgrade(socket: Duplex, problem: ProblemError): void {
  // The client may be gone already; there is nobody left to tell.
  socket.on('error', () => socket.destroy());
  socket.end(rawProblem(problem), () => socket.destroy());
}
