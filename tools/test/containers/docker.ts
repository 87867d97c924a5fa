import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CommandOptions {
  /** 120,000 by default. */
  timeoutMs?: number;
  /** Beyond this process's own environment. */
  env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end; gives what it printed, rejects with what it complained of. */
export const command = async (
  name: string,
  args: readonly string[],
  { timeoutMs = 120_000, env = {} }: CommandOptions = {},
): Promise<string> => {
  const options = { timeout: timeoutMs, maxBuffer: 64 * 1024 ** 2, env: { ...process.env, ...env } };
  return (await run(name, args, options)).stdout.trim();
};

export const docker = (...args: readonly string[]): Promise<string> => command('docker', args);

export const exists = (image: string): Promise<boolean> =>
  docker('image', 'inspect', image).then(
    () => true,
    () => false,
  );

export interface InspectedContainer {
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
}

export const inspectContainer = async (name: string): Promise<InspectedContainer> => {
  const [container] = JSON.parse(await docker('container', 'inspect', name)) as InspectedContainer[];
  if (container === undefined) throw new Error(`there is no container ${name}`);
  return container;
};

/** As an orchestrator does: SIGTERM, and SIGKILL half a minute later. Gives the exit code. */
export const stopContainer = async (name: string): Promise<number> => {
  await docker('stop', '--time', '30', name);
  return (await inspectContainer(name)).State.ExitCode;
};
