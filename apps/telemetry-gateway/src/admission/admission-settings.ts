import { integer, list, text, type SettingsMistake } from '@fleet/service-runtime';
import type { z } from 'zod';

/** Who may enter, and how many. */
export const admissionSettings = {
  MAX_CONNECTIONS: integer({ min: 1 }).default(15_000),
  /** 0 = no limit. */
  CONNECTIONS_PER_ADDRESS_PER_MINUTE: integer().default(600),
  /** How many proxies of ours stand in front and write `X-Forwarded-For`; 0 believes the socket only. */
  TRUSTED_PROXIES: integer({ max: 8 }).default(0),
  /** Browser origins; `*` for every one. Empty: pages from the gateway's own host only. */
  ALLOWED_ORIGINS: list().default([]),
  TLS_CERT_FILE: text().optional(),
  TLS_KEY_FILE: text().optional(),
  TLS_CLIENT_CA_FILE: text().optional(),
  /** Frames; a batch is one. 0 = no limit. */
  ROBOT_RATE_PER_SECOND: integer().default(200),
  /** 0 = no limit. */
  ROBOT_BYTES_PER_SECOND: integer().default(262_144),
};

export type AdmissionSettings = z.output<z.ZodObject<typeof admissionSettings>>;

/** A certificate goes with its key, and clients' certificates need TLS. */
export function admissionRules(values: Partial<AdmissionSettings>): SettingsMistake[] {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CLIENT_CA_FILE: clientCa } = values;
  const mistakes: SettingsMistake[] = [];
  if (cert === undefined && (key !== undefined || clientCa !== undefined)) {
    const beside = key === undefined ? 'TLS_CLIENT_CA_FILE' : 'TLS_KEY_FILE';
    mistakes.push({ variable: 'TLS_CERT_FILE', problem: `is required beside ${beside}` });
  }
  if (key === undefined && (cert !== undefined || clientCa !== undefined)) {
    const beside = cert === undefined ? 'TLS_CLIENT_CA_FILE' : 'TLS_CERT_FILE';
    mistakes.push({ variable: 'TLS_KEY_FILE', problem: `is required beside ${beside}` });
  }
  return mistakes;
}
