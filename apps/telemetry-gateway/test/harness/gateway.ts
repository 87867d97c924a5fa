import { Lifecycle, parseSettings } from '@fleet/service-runtime';
import { pino } from 'pino';

import { startGateway } from '../../src/service.ts';
import { gatewayRules, gatewaySettings } from '../../src/settings.ts';

export interface TestGateway extends AsyncDisposable {
  readonly port: number;
  readonly ws: string;
  readonly http: string;
  readonly admin: string;
  /** What it logged, parsed, from `debug` up. */
  readonly log: readonly LogLine[];
  /** As on SIGTERM; a second call hurries. */
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

let instances = 0;

/** The gateway in this process, through the same composition root as the service. */
export const startTestGateway = async (env: Record<string, string>): Promise<TestGateway> => {
  instances += 1;
  const settings = parseSettings(
    gatewaySettings,
    {
      PORT: '0',
      ADMIN_PORT: '0',
      SERVICE_INSTANCE: `gateway-${instances}`,
      HEARTBEAT_INTERVAL_MS: '1000',
      DRAIN_SECONDS: '1',
      CONNECTIONS_PER_ADDRESS_PER_MINUTE: '0',
      ...env,
    },
    gatewayRules,
  );
  const log: LogLine[] = [];
  const logger = pino(
    { level: 'debug', formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => void log.push(JSON.parse(line) as LogLine) },
  );
  const lifecycle = new Lifecycle(logger);
  const hurry = new AbortController();
  let stopping: Promise<boolean> | undefined;
  const stop = async (): Promise<void> => {
    if (stopping !== undefined) hurry.abort();
    stopping ??= lifecycle.stop(20_000);
    await stopping;
  };
  const { port, adminPort } = await startGateway(lifecycle, {
    settings,
    log: logger,
    hurry: hurry.signal,
    fail: (error) => logger.error({ err: error }, 'gateway failed'),
  });
  return {
    port,
    ws: `ws://127.0.0.1:${port}`,
    http: `http://127.0.0.1:${port}`,
    admin: `http://127.0.0.1:${adminPort}`,
    log,
    stop,
    [Symbol.asyncDispose]: stop,
  };
};
