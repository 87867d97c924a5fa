import type { TokenSource } from '@fleet/robot-client';

import { readSigningKey } from './key-files.ts';
import { robotScope, signToken } from './sign-token.ts';

export interface RobotTokenOptions {
  /** The same for every robot. */
  readonly token?: string | undefined;
  /** Signs one for each robot at every connect. */
  readonly signingKey?: string | undefined;
  readonly issuer: string;
  readonly audience: string;
}

const ttlSeconds = 3_600;

/** Gives each robot what it enters with; nothing where nothing is asked for. */
export const createRobotTokens = async (
  options: RobotTokenOptions,
): Promise<(robotId: string) => TokenSource | undefined> => {
  const { token, signingKey, issuer, audience } = options;
  if (signingKey === undefined) return () => token;
  const key = await readSigningKey(signingKey);
  return (robotId) => () =>
    signToken({ subject: robotId, scopes: [robotScope], issuer, audience, ttlSeconds }, key);
};
