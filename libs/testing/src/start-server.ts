import { startLocalServer } from './local-server.ts';
import { serverMode } from './server-mode.ts';
import type { Placement, Program, Server } from './server.ts';

export const startServer = async (program: Program, placement: Placement): Promise<Server> => {
  if (serverMode() === 'local') return startLocalServer(program, placement);
  // Loaded only where it is needed: it takes half a second.
  const { startContainerServer } = await import('./container-server.ts');
  return startContainerServer(program, placement);
};
