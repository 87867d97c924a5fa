import { join } from 'node:path';

import { command, exists } from './docker.ts';

export const root = join(__dirname, '../../..');

/** What this machine has built for itself, where the environment names nothing else. */
const builtOrNamed = async (variable: string, built: string): Promise<string | undefined> =>
  process.env[variable] || ((await exists(built)) ? built : undefined);

/** Images by their variable in docker/compose.yaml; what is left out is the default there. */
export const baseImages = async (): Promise<Record<string, string>> => {
  const images: Record<string, string> = {};
  for (const name of ['node', 'nats', 'redis', 'prometheus']) {
    const variable = `${name.toUpperCase()}_IMAGE`;
    const image = await builtOrNamed(variable, `fleet/${name}:trixie`);
    if (image !== undefined) images[variable] = image;
  }
  return images;
};

/** Builds the images of the services, or of those named; what is built already costs a second. */
export const buildServices = (version: string, ...args: readonly string[]): Promise<string> =>
  command('bash', [join(root, 'tools/images/services.sh'), ...args], {
    timeoutMs: 900_000,
    env: { FLEET_VERSION: version },
  });
