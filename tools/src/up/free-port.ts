import { isPortFree, reservePort } from '@fleet/testing';

/** The usual port of something, or a free one, which is said. */
export const freePort = async (usual: number, of: string, say: (line: string) => void): Promise<number> => {
  if (await isPortFree(usual)) return usual;
  const port = await reservePort();
  say(`port ${usual} is busy: ${of} takes ${port}`);
  return port;
};
