import type { CommonSettings } from '../settings/common-settings.ts';

export type TracingSettings = Pick<
  CommonSettings,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_SDK_DISABLED' | 'SERVICE_INSTANCE'
>;

export interface TracingLog {
  warn(fields: object, message: string): void;
}

export interface Tracing {
  /** Sends what has been recorded, for two seconds at most: traces hold up no stop. */
  stop(): Promise<void>;
}

export const isTracingWanted = (settings: TracingSettings): boolean =>
  settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && !settings.OTEL_SDK_DISABLED;

/**
 * Loads the OpenTelemetry SDK where a collector is configured; nothing of it is loaded otherwise, and whatever asks for
 * a span gets one that does nothing. Sampling, batching, headers and resource attributes follow the standard OTEL_*
 * variables, which the SDK reads itself.
 */
export const startTracing = async (
  name: string,
  settings: TracingSettings,
  log: TracingLog,
): Promise<Tracing | undefined> => {
  if (!isTracingWanted(settings)) return undefined;
  const { startSdk } = await import('./start-sdk.ts');
  return startSdk(name, settings.SERVICE_INSTANCE, log);
};
