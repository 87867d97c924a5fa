import type { z } from 'zod';
import { createLogger, type Logger } from '../logger.ts';
import type { CommonSettings } from '../settings/common-settings.ts';
import { parseSettings, SettingsError, type SettingsRule } from '../settings/parse-settings.ts';
import { activeTrace } from '../tracing/active-trace.ts';
import { isTracingWanted, startTracing, type TracingSettings } from '../tracing/start-tracing.ts';
import { Lifecycle } from './lifecycle.ts';

type NeededSettings = TracingSettings & Pick<CommonSettings, 'LOG_LEVEL' | 'SHUTDOWN_TIMEOUT_MS'>;

export interface ServiceTools<Settings> {
  settings: Settings;
  log: Logger;
  /** Aborts when the service is asked to stop: what waits during the start gives up. */
  stopping: AbortSignal;
  /** Aborts at a second signal: drop what only courtesy waits for. */
  hurry: AbortSignal;
  /** The service cannot go on: says why in one line, stops, exits 1. */
  fail: (error: Error) => void;
}

export interface Service<S extends z.ZodObject> {
  name: string;
  settings: S;
  rules?: readonly SettingsRule<z.output<S>>[];
  /** How long stopping may take, where `SHUTDOWN_TIMEOUT_MS` alone does not say it. */
  stopWithinMs?: (settings: z.output<S>) => number;
  /** Opens each part and registers it on the lifecycle in the next line. Rejecting means the service cannot run. */
  start(lifecycle: Lifecycle, tools: ServiceTools<z.output<S>>): Promise<void>;
}

/**
 * The whole life of a service process. Exits 78 (sysexits EX_CONFIG) with every mistake on stderr before anything is
 * opened, 1 after a failed start, a fatal error or a stop that had to be cut off, 0 after SIGTERM or SIGINT.
 */
export async function runService<S extends z.ZodObject>(service: Service<S>): Promise<void> {
  const settings = readSettings(service);
  if (settings !== undefined) await run(service, settings);
}

async function run<S extends z.ZodObject>(service: Service<S>, settings: z.output<S>): Promise<void> {
  const needed = settings as NeededSettings;
  const log = createLogger({
    name: service.name,
    instance: needed.SERVICE_INSTANCE,
    level: needed.LOG_LEVEL,
    ...(isTracingWanted(needed) && { mixin: activeTrace }),
  });
  const lifecycle = new Lifecycle(log);
  const stopping = new AbortController();
  const hurry = new AbortController();
  const isEnded = (): boolean => stopping.signal.aborted;
  let exitCode = 0;

  async function end(): Promise<void> {
    if (isEnded()) return;
    stopping.abort(new Error('the service is stopping'));
    const inTime = await lifecycle.stop(service.stopWithinMs?.(settings) ?? needed.SHUTDOWN_TIMEOUT_MS);
    if (!inTime) {
      exitCode = 1;
      log.error({}, 'stopping took too long and was cut off');
    }
    log.info({ exitCode }, 'service stopped');
    process.exit(exitCode);
  }

  function fail(error: Error, phrase: string): void {
    log.fatal({ err: error }, phrase);
    exitCode = 1;
    void end();
  }

  const onSignal = (signal: NodeJS.Signals): void => {
    if (isEnded()) {
      log.warn({ signal }, 'second signal: hurrying');
      hurry.abort(new Error('the service is asked to hurry'));
      return;
    }
    log.info({ signal }, 'service stopping');
    void end();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => fail(error, 'uncaught exception'));
  process.on('unhandledRejection', (reason) => fail(asError(reason), 'unhandled rejection'));
  process.stdout.on('error', ignoreClosedPipe);
  process.stderr.on('error', ignoreClosedPipe);

  try {
    const tracing = await startTracing(service.name, needed, log);
    if (tracing) lifecycle.defer('tracing', () => tracing.stop());
    await service.start(lifecycle, {
      settings,
      log,
      stopping: stopping.signal,
      hurry: hurry.signal,
      fail: (error) => fail(error, error.message),
    });
    if (!isEnded()) log.info({}, 'service started');
  } catch (error) {
    // A start that was interrupted fails as it should.
    if (!isEnded()) fail(asError(error), `service cannot start: ${asError(error).message}`);
  }
}

function readSettings<S extends z.ZodObject>(service: Service<S>): z.output<S> | undefined {
  try {
    return parseSettings(service.settings, process.env, service.rules);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${service.name} cannot start, its environment has mistakes:\n${error.message}\n`);
    process.exitCode = 78;
    return undefined;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
