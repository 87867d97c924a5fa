import type { z } from 'zod';
import { flag, oneOf, text, url } from '../settings/fields.ts';
import { readableFile } from '../settings/readable-file.ts';
import type { SettingsMistake } from '../settings/parse-settings.ts';

export const authSettings = {
  AUTH_MODE: oneOf('none', 'jwt').default('none'),
  AUTH_ALLOW_ANONYMOUS: flag().default(false),
  JWT_JWKS_URL: url('https', 'http').optional(),
  JWT_JWKS_FILE: readableFile().optional(),
  JWT_ISSUER: text().optional(),
  JWT_AUDIENCE: text().optional(),
};

export type AuthSettings = z.output<z.ZodObject<typeof authSettings>>;

/** Tokens need keys, an issuer and an audience; production needs tokens, or an explicit word that it does not. */
export function authRules(values: Partial<AuthSettings>, env: NodeJS.ProcessEnv): SettingsMistake[] {
  if (values.AUTH_MODE === 'none') {
    if (env['NODE_ENV'] !== 'production' || values.AUTH_ALLOW_ANONYMOUS !== false) return [];
    const problem = 'expected jwt in production, got "none" (AUTH_ALLOW_ANONYMOUS=true allows it)';
    return [{ variable: 'AUTH_MODE', problem }];
  }
  if (values.AUTH_MODE !== 'jwt') return [];
  const mistakes: SettingsMistake[] = [];
  // A variable that is set and wrong has its own line already.
  const missing = (name: keyof AuthSettings): boolean => values[name] === undefined && !env[name];
  if (missing('JWT_JWKS_URL') && missing('JWT_JWKS_FILE')) {
    mistakes.push({
      variable: 'JWT_JWKS_URL',
      problem: 'it or JWT_JWKS_FILE is required with AUTH_MODE=jwt',
    });
  }
  if (values.JWT_JWKS_URL !== undefined && values.JWT_JWKS_FILE !== undefined) {
    mistakes.push({ variable: 'JWT_JWKS_FILE', problem: 'expected nothing beside JWT_JWKS_URL' });
  }
  for (const variable of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (missing(variable)) mistakes.push({ variable, problem: 'is required with AUTH_MODE=jwt' });
  }
  return mistakes;
}
