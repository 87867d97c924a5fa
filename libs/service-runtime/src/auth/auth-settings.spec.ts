import { z } from 'zod';
import { parseSettings } from '../settings/parse-settings.ts';
import { authRules, authSettings } from './auth-settings.ts';

const parse = (env: NodeJS.ProcessEnv) => parseSettings(z.object(authSettings), env, [authRules]);

describe('authSettings', () => {
  it('lets everyone in while nobody says otherwise, but not in production', () => {
    expect(parse({}).AUTH_MODE).toBe('none');
    expect(() => parse({ NODE_ENV: 'production' })).toThrow('AUTH_MODE: expected jwt in production');
    expect(parse({ NODE_ENV: 'production', AUTH_ALLOW_ANONYMOUS: 'true' }).AUTH_MODE).toBe('none');
  });

  it('wants keys, an issuer and an audience for tokens, all said at once', () => {
    expect(() => parse({ AUTH_MODE: 'jwt' })).toThrow(/JWT_JWKS_URL: [^]*JWT_ISSUER: [^]*JWT_AUDIENCE: /);
    const whole = { AUTH_MODE: 'jwt', JWT_JWKS_FILE: __filename, JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
    expect(parse(whole).JWT_JWKS_FILE).toBe(__filename);
    expect(() => parse({ ...whole, JWT_JWKS_URL: 'https://k.example' })).toThrow(
      'JWT_JWKS_FILE: expected nothing',
    );
  });

  it('says a file that cannot be read once', () => {
    const env = { AUTH_MODE: 'jwt', JWT_JWKS_FILE: '/absent/jwks', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
    expect(() => parse(env)).toThrow(
      /^JWT_JWKS_FILE: expected a file that can be read, got "\/absent\/jwks"[^\n]*$/,
    );
  });

  it('says a wrong address once', () => {
    const env = { AUTH_MODE: 'jwt', JWT_JWKS_URL: 'nonsense', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
    expect(() => parse(env)).toThrow(/^JWT_JWKS_URL: expected a URL[^\n]*$/);
  });
});
