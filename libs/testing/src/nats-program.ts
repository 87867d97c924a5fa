import { join } from 'node:path';

import { firstReply } from './first-reply.ts';
import type { Program } from './server.ts';

export interface NatsProgramOptions {
  readonly config?: string;
  readonly jetstream?: boolean;
  readonly maxStore?: string;
}

const configFile = 'nats-server.conf';

const answers = async (port: number) => {
  const reply = await firstReply(port, '');
  if (!reply.startsWith('INFO ')) throw new Error(`nats-server says ${reply.trim()}`);
};

export const natsProgram = (options: NatsProgramOptions): Program => {
  const { config = '', jetstream = true, maxStore = '8GB' } = options;
  const storage = (dataDir: string) =>
    `jetstream { store_dir: "${dataDir}", max_mem: 256MB, max_file: ${maxStore} }`;
  return {
    name: 'nats-server',
    scheme: 'nats',
    images: { wanted: process.env['NATS_IMAGE'], built: 'fleet/nats:trixie', official: 'nats:2.12-alpine' },
    containerPort: 4222,
    // Some official images have no shell and take nothing but the server's own arguments.
    containerCommand: [],
    answers,
    layout: ({ address, port, dataDir, configDir }) => ({
      args: ['-c', join(configDir, configFile)],
      files: {
        [configFile]: [`listen: "${address}:${port}"`, jetstream ? storage(dataDir) : '', config, ''].join(
          '\n',
        ),
      },
    }),
  };
};
