import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { GenericContainer, getContainerRuntimeClient, ImageName, StartupCheckStrategy } from 'testcontainers';

import { eventually } from './eventually.ts';
import type { Placement, Program, Server } from './server.ts';
import { startWarden } from './warden.ts';

/** Whether the server inside is up is asked from the outside, in the same way at the first start and at every later one. */
class NoWait extends StartupCheckStrategy {
  override checkStartupState() {
    return Promise.resolve('SUCCESS' as const);
  }
}

/** Its ports are published on 127.0.0.1 only: the servers of tests ask nobody for a password. */
class LoopbackContainer extends GenericContainer {
  protected override beforeContainerCreated() {
    const bindings = (this.hostConfig.PortBindings ?? {}) as Record<string, { HostIp?: string }[]>;
    for (const binding of Object.values(bindings).flat()) binding.HostIp = '127.0.0.1';
    return Promise.resolve();
  }
}

const stopWithinSeconds = 5;
/** The first start of an image may have to fetch it. */
const answerWithinMs = 60_000;

/** Official images, unless the environment names others or this machine has built its own. */
const imageOf = async ({ images }: Program) => {
  if (images.wanted) return images.wanted;
  const { image } = await getContainerRuntimeClient();
  return (await image.exists(ImageName.fromString(images.built))) ? images.built : images.official;
};

const create = async (program: Program, placement: Placement, name: string) => {
  const { port, storeDir, hostNetwork = false } = placement;
  const place = hostNetwork
    ? { address: '127.0.0.1', port }
    : { address: '0.0.0.0', port: program.containerPort };
  const configDir = '/fleet';
  const dataDir = '/data';
  const { args, files, env = {} } = program.layout({ ...place, dataDir, configDir });
  const container = new LoopbackContainer(await imageOf(program))
    .withName(name)
    .withCommand([...program.containerCommand, ...args])
    .withEnvironment(env)
    .withCopyContentToContainer(
      Object.entries(files).map(([file, content]) => ({ content, target: join(configDir, file) })),
    )
    .withWaitStrategy(new NoWait())
    // Our warden does what testcontainers' own reaper would, without an image of its own.
    .withAutoCleanup(false);
  if (hostNetwork) container.withNetworkMode('host');
  else container.withExposedPorts({ container: place.port, host: port });
  if (storeDir !== undefined) {
    await mkdir(storeDir, { recursive: true });
    container.withBindMounts([{ source: storeDir, target: dataDir, mode: 'rw' }]);
  }
  return container;
};

/** Runs a server in a container whose port is the same before and after a restart. */
export const startContainerServer = async (program: Program, placement: Placement): Promise<Server> => {
  const { port } = placement;
  const name = `fleet-${program.name}-${randomUUID()}`;
  const { container: engine } = await getContainerRuntimeClient();
  const warden = startWarden({ container: name });
  const container = engine.getById(name);

  const up = async () => {
    const look = async () => {
      const { State } = await container.inspect();
      if (!State.Running) return 'ended';
      await program.answers(port);
      return 'up';
    };
    const describe = `an answer of ${program.name} on port ${port}`;
    if ((await eventually(look, { withinMs: answerWithinMs, describe })) === 'ended')
      throw new Error('it ended');
  };

  const explained = async (cause: unknown) => {
    const log = await container.logs({ stdout: true, stderr: true, tail: 10 }).catch(() => 'none');
    const what = `${program.name} did not start on port ${port}`;
    return new Error(`${what}: ${String(cause)}. Its last lines:\n${log.toString()}`, { cause });
  };

  const kill = async () => {
    await container.kill();
    await container.wait();
  };

  const remove = async () => {
    try {
      const { State } = await container.inspect();
      if (State.Paused) await container.unpause();
      if (State.Running) await container.stop({ t: stopWithinSeconds });
    } finally {
      await container.remove({ force: true, v: true });
    }
    warden.dismiss();
  };
  let removed: Promise<void> | undefined;
  const stop = () => (removed ??= remove());

  try {
    await (await create(program, placement, name)).start();
    await up();
  } catch (error) {
    const explanation = await explained(error);
    // It may never have been made.
    await stop().catch(() => warden.dismiss());
    throw explanation;
  }
  return {
    url: `${program.scheme}://127.0.0.1:${port}`,
    port,
    stop,
    kill,
    start: async () => {
      await container.start();
      await up();
    },
    pause: async () => {
      await container.pause();
    },
    resume: async () => {
      await container.unpause();
    },
    [Symbol.asyncDispose]: stop,
  };
};
