import { parseSettings } from '@fleet/service-runtime';
import { z } from 'zod';
import { admissionRules, admissionSettings } from './admission-settings.ts';

const parse = (env: NodeJS.ProcessEnv) => parseSettings(z.object(admissionSettings), env, [admissionRules]);

describe('admissionSettings', () => {
  it('need nothing set', () => {
    expect(parse({})).toMatchObject({
      MAX_CONNECTIONS: 15_000,
      ROBOT_RATE_PER_SECOND: 200,
      ALLOWED_ORIGINS: [],
    });
  });

  it.each([
    [{ TLS_CERT_FILE: 'c' }, 'TLS_KEY_FILE: is required beside TLS_CERT_FILE'],
    [{ TLS_KEY_FILE: 'k' }, 'TLS_CERT_FILE: is required beside TLS_KEY_FILE'],
    [
      { TLS_CLIENT_CA_FILE: 'a' },
      'TLS_CERT_FILE: is required beside TLS_CLIENT_CA_FILE\nTLS_KEY_FILE: is required beside TLS_CLIENT_CA_FILE',
    ],
  ])('want a certificate with its key: %j', (env, message) => {
    expect(() => parse(env)).toThrow(message);
  });

  it('take all three', () => {
    const env = { TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k', TLS_CLIENT_CA_FILE: 'a' };
    expect(parse(env)).toMatchObject(env);
  });
});
