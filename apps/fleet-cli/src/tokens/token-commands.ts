import { isRobotId } from '@fleet/robot-protocol';
import { Command } from 'commander';

import { numberOption } from '../option-values.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { createKeyFiles, readSigningKey } from './key-files.ts';
import { parseScopes } from './scopes.ts';
import { readerScope, robotScope, signToken } from './sign-token.ts';

/** `fleet keys`: a pair of keys to try `AUTH_MODE=jwt` with. */
export const createKeysCommand = (terminal: Terminal): Command =>
  new Command('keys')
    .description('make a pair of keys: one that signs tokens, one for JWT_JWKS_FILE')
    .argument('<folder>', 'where to; nothing there is overwritten')
    .action(async (folder: string) => {
      const { privatePath, publicPath } = await createKeyFiles(folder);
      terminal.stdout.write(`signing key, keep it secret: ${privatePath}\nJWT_JWKS_FILE=${publicPath}\n`);
    });

interface TokenOptions {
  readonly key: string;
  readonly robot?: string | undefined;
  readonly reader?: string | undefined;
  readonly scope?: string | undefined;
  readonly issuer: string;
  readonly audience: string;
  readonly ttl: number;
}

/** `fleet token`: a token for one robot or one reader. */
export const createTokenCommand = (terminal: Terminal): Command =>
  new Command('token')
    .description('sign a token for a robot or a reader')
    .requiredOption('--key <file>', "the signing key, from 'fleet keys'")
    .option('--robot <id>', 'the robot that connects with it')
    .option('--reader <name>', 'who asks the HTTP routes with it')
    .option(
      '--scope <list>',
      'what it allows, of robot:connect,telemetry:read,jobs:run (default: robot:connect for a robot, telemetry:read for a reader)',
    )
    .option('--issuer <name>', 'as in JWT_ISSUER', 'fleet')
    .option('--audience <name>', 'as in JWT_AUDIENCE', 'fleet')
    .option(
      '--ttl <seconds>',
      'how long it is valid',
      numberOption({ min: 1, max: 31_536_000, whole: true }),
      3600,
    )
    .action(async ({ key, robot, reader, scope, issuer, audience, ttl }: TokenOptions) => {
      const subject = robot ?? reader;
      if (subject === undefined || (robot !== undefined && reader !== undefined))
        throw new UsageError('expected either --robot or --reader');
      if (robot !== undefined && !isRobotId(robot))
        throw new UsageError(`--robot: ${JSON.stringify(robot)} is no robot id`);
      const usual = robot === undefined ? readerScope : robotScope;
      const scopes = parseScopes(scope ?? usual);
      const claims = { subject, scopes, issuer, audience, ttlSeconds: ttl };
      terminal.stdout.write(`${await signToken(claims, await readSigningKey(key))}\n`);
    });
