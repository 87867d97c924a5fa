import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import type { AdmissionSettings } from './admission-settings.ts';

type TlsSettings = Pick<AdmissionSettings, 'TLS_CERT_FILE' | 'TLS_KEY_FILE' | 'TLS_CLIENT_CA_FILE'>;

/**
 * For the public server; `undefined` where it speaks plain HTTP. Throws one sentence naming the variable whose file
 * cannot be read. Clients are asked for a certificate but may come without: people and robots with tokens have none.
 */
export function tlsOptionsOf(settings: TlsSettings): ServerOptions | undefined {
  if (settings.TLS_CERT_FILE === undefined || settings.TLS_KEY_FILE === undefined) return undefined;
  const clientCa = settings.TLS_CLIENT_CA_FILE;
  return {
    cert: read('TLS_CERT_FILE', settings.TLS_CERT_FILE),
    key: read('TLS_KEY_FILE', settings.TLS_KEY_FILE),
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined
      ? {}
      : { ca: read('TLS_CLIENT_CA_FILE', clientCa), requestCert: true, rejectUnauthorized: false }),
  };
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${variable}: ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
