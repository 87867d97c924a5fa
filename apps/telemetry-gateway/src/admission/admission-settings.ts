import { integer, origins, readableFile, type SettingsMistake } from '@fleet/service-runtime';
import type { z } from 'zod';

/** Who may enter, and how many. */
export const admissionSettings = {
  MAX_CONNECTIONS: integer({ min: 1 }).default(15_000),
  /** 0 = no limit. */
  CONNECTIONS_PER_ADDRESS_PER_MINUTE: integer().default(600),
  /** How many proxies of ours stand in front and write `X-Forwarded-For`; 0 believes the socket only. */
  TRUSTED_PROXIES: integer({ max: 8 }).default(0),
  /** Browser origins, `scheme://host[:port]`; `*` for every one. Empty: pages from the gateway's own host only. */
  ALLOWED_ORIGINS: origins().default([]),
  TLS_CERT_FILE: readableFile().optional(),
  TLS_KEY_FILE: readableFile().optional(),
  TLS_CLIENT_CA_FILE: readableFile().optional(),
  /** Frames; a batch is one. 0 = no limit. */
  ROBOT_RATE_PER_SECOND: integer().default(200),
  /** 0 = no limit. */
  ROBOT_BYTES_PER_SECOND: integer().default(262_144),
};

export type AdmissionSettings = z.output<z.ZodObject<typeof admissionSettings>>;

/** A certificate goes with its key, and clients' certificates need TLS. */
export function admissionRules(
  _values: Partial<AdmissionSettings>,
  env: NodeJS.ProcessEnv,
): SettingsMistake[] {
  // By what is set: a file that cannot be read has been told of already.
  const isSet = (variable: keyof AdmissionSettings): boolean => Boolean(env[variable]);
  const [cert, key, clientCa] = [isSet('TLS_CERT_FILE'), isSet('TLS_KEY_FILE'), isSet('TLS_CLIENT_CA_FILE')];
  const mistakes: SettingsMistake[] = [];
  if (!cert && (key || clientCa)) {
    const beside = key ? 'TLS_KEY_FILE' : 'TLS_CLIENT_CA_FILE';
    mistakes.push({ variable: 'TLS_CERT_FILE', problem: `is required beside ${beside}` });
  }
  if (!key && (cert || clientCa)) {
    const beside = cert ? 'TLS_CERT_FILE' : 'TLS_CLIENT_CA_FILE';
    mistakes.push({ variable: 'TLS_KEY_FILE', problem: `is required beside ${beside}` });
  }
  return mistakes;
}
