import { parseSettings } from '@fleet/service-runtime';
import { z } from 'zod';
import { admissionRules, admissionSettings } from './admission-settings.ts';

const file = __filename;

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
    [{ TLS_CERT_FILE: file }, 'TLS_KEY_FILE: is required beside TLS_CERT_FILE'],
    [{ TLS_KEY_FILE: file }, 'TLS_CERT_FILE: is required beside TLS_KEY_FILE'],
    [
      { TLS_CLIENT_CA_FILE: file },
      'TLS_CERT_FILE: is required beside TLS_CLIENT_CA_FILE\nTLS_KEY_FILE: is required beside TLS_CLIENT_CA_FILE',
    ],
  ])('want a certificate with its key: %j', (env, message) => {
    expect(() => parse(env)).toThrow(message);
  });

  it('take all three', () => {
    const env = { TLS_CERT_FILE: file, TLS_KEY_FILE: file, TLS_CLIENT_CA_FILE: file };
    expect(parse(env)).toMatchObject(env);
  });

  it.each(['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CLIENT_CA_FILE'])(
    'say once that %s cannot be read',
    (variable) => {
      const env = {
        TLS_CERT_FILE: file,
        TLS_KEY_FILE: file,
        TLS_CLIENT_CA_FILE: file,
        [variable]: '/absent.pem',
      };
      expect(() => parse(env)).toThrow(
        new RegExp(`^${variable}: expected a file that can be read, got "/absent.pem"[^\\n]*$`),
      );
    },
  );

  it('refuse what is no origin', () => {
    expect(() => parse({ ALLOWED_ORIGINS: 'not a origin' })).toThrow('ALLOWED_ORIGINS: expected origins');
    expect(parse({ ALLOWED_ORIGINS: 'https://app.example' }).ALLOWED_ORIGINS).toEqual([
      'https://app.example',
    ]);
  });
});
