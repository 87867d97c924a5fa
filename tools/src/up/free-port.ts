import { once } from 'node:events';
import { createServer } from 'node:net';

import { reservePort } from '@fleet/testing';

const isFree = async (port: number, host: string): Promise<boolean> => {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
};

/** The usual port of something, or a free one, which is said. */
export const freePort = async (usual: number, of: string, say: (line: string) => void): Promise<number> => {
  if ((await isFree(usual, '0.0.0.0')) && (await isFree(usual, '127.0.0.1'))) return usual;
  const port = await reservePort();
  say(`port ${usual} is busy: ${of} takes ${port}`);
  return port;
};
