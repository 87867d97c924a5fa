import { join } from 'node:path';

import type { Lifecycle } from '@fleet/service-runtime';

import { findBackingServers } from './backing-servers.ts';
import { build } from './build.ts';
import { connectEventCounter } from './event-counts.ts';
import { robotOf, startFleet, summaryOf } from './fleet.ts';
import { introduction } from './introduction.ts';
import type { UpOptions } from './options.ts';
import { wordsOf, type RunningProgram } from './program.ts';
import { allCounted, nothingStored, replaySums } from './replay-sums.ts';
import type { Screen } from './screen.ts';
import { ServiceError } from './service.ts';
import { startGateway, startWorker } from './services.ts';
import { watchFlow } from './watch-flow.ts';

interface Parts {
  readonly options: UpOptions;
  readonly lifecycle: Lifecycle;
  readonly screen: Screen;
  /** The directory of the programs' logs. */
  readonly logs: string;
  /** Aborted when everything is to stop. */
  readonly stopping: AbortSignal;
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Resolves when one of them ends; they are all meant to go on. */
const untilOneEnds = async (programs: readonly RunningProgram[], stopping: AbortSignal): Promise<never> => {
  const [program, ending] = await Promise.race(
    programs.map(async (running) => [running, await running.ended] as const),
  );
  if (stopping.aborted) await new Promise(() => undefined);
  throw new ServiceError(program, `ended ${wordsOf(ending)}`);
};

/** Starts everything, in the order in which the data flows, and shows what flows until it is told to stop or the replay is over. */
export const runUp = async ({ options, lifecycle, screen, logs, stopping }: Parts): Promise<void> => {
  const { say } = screen;
  const servers = await findBackingServers({ lifecycle, keepData: options.keepData, say });
  say('Building');
  await build(stopping);

  const events = await connectEventCounter(servers.natsUrl);
  lifecycle.defer('event counter', () => events.close());
  const before = (await events.read()) ?? nothingStored;
  const gateway = await startGateway({ lifecycle, servers, logs, say });
  const worker = await startWorker({ lifecycle, servers, logs, say });
  const running = [gateway.program, worker.program];

  const at = (port: number) => `http://127.0.0.1:${port}`;
  const sources = { gatewayAdmin: at(gateway.adminPort), worker: at(worker.port), events };
  say(
    introduction({
      ...servers,
      logs,
      gateway: at(gateway.port),
      gatewayAdmin: sources.gatewayAdmin,
      worker: sources.worker,
      workerAdmin: at(worker.adminPort),
      robotId: robotOf(options),
    }),
  );

  const ending = untilOneEnds(running, stopping);
  if (options.replay === undefined) {
    if (options.robots > 0) {
      const logFile = join(logs, 'fleet-simulate.log');
      const fleet = startFleet({
        options,
        gatewayPort: gateway.port,
        servers,
        logFile,
        onLine: () => undefined,
      });
      lifecycle.defer(fleet.name, async () => {
        await fleet.stop();
        for (const line of summaryOf(fleet.lastLines())) say(line);
      });
      running.push(fleet);
    }
    await Promise.race([watchFlow(sources, screen, stopping), untilOneEnds(running, stopping), ending]);
    return;
  }

  const fleet = startFleet({ options, gatewayPort: gateway.port, servers, logFile: '', onLine: say });
  lifecycle.defer(fleet.name, () => fleet.stop());
  const played = fleet.ended.then((ended) => {
    if (ended.code !== 0 && !stopping.aborted) throw new Error(`the replay ended ${wordsOf(ended)}`);
  });
  await Promise.race([played, aborted(stopping), ending]);
  if (stopping.aborted) return;
  say('The recording is played; waiting until its missions are counted');
  const figures = await Promise.race([allCounted(sources, stopping), ending]);
  say(replaySums(before, figures));
};
