import { readFile } from 'node:fs/promises';

import {
  commonRules,
  commonSettings,
  eventStreamConnectionOf,
  parseSettings,
  SettingsError,
} from '@fleet/service-runtime';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';

/**
 * Does something with the servers that the environment names, as the services' is read, and ends the process: with 1 and
 * a sentence when it fails.
 */
export const runWithNats = async (act: (nc: NatsConnection) => Promise<string>): Promise<void> => {
  try {
    const settings = parseSettings(z.object(commonSettings), process.env, [commonRules]);
    const { servers, user, password, caFile, credsFile } = eventStreamConnectionOf(settings) ?? {};
    if (servers === undefined) throw new Error('NATS_URL says where the servers are, and is empty');
    const nc = await connect({
      servers,
      name: 'streams',
      ...(user !== undefined && { user }),
      ...(password !== undefined && { pass: password }),
      ...(caFile !== undefined && { tls: { caFile } }),
      ...(credsFile !== undefined && { authenticator: credsAuthenticator(await readFile(credsFile)) }),
    });
    try {
      process.stdout.write(`${await act(nc)}\n`);
    } finally {
      await nc.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof SettingsError ? 78 : 1;
  }
};
