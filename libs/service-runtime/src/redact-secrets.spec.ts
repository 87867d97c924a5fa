import { redactSecrets } from './redact-secrets.ts';

describe('redactSecrets', () => {
  it('replaces secrets at any of the first four levels, whatever their case', () => {
    const headers = { Authorization: 'Bearer hunter2', 'set-cookie': ['hunter2'], accept: '*/*' };
    const fields = {
      token: 'hunter2',
      robotId: 'robot_001',
      request: { url: '/', headers },
      tries: [{ password: 'hunter2', at: 1 }],
    };
    expect(redactSecrets(fields)).toEqual({
      token: '[redacted]',
      robotId: 'robot_001',
      request: {
        url: '/',
        headers: { Authorization: '[redacted]', 'set-cookie': '[redacted]', accept: '*/*' },
      },
      tries: [{ password: '[redacted]', at: 1 }],
    });
    expect(headers.Authorization).toBe('Bearer hunter2');
  });

  it('gives fields without secrets as they are, those that lead back to themselves too', () => {
    const round: Record<string, unknown> = { at: new Date(0), none: null };
    round.round = round;
    expect(redactSecrets(round)).toBe(round);
  });

  it('describes errors wherever they stand, and so without what they carry', () => {
    const error = Object.assign(new Error('no'), { token: 'hunter2' });
    const text = JSON.stringify(redactSecrets({ reason: error, tries: [{ error }] }));
    expect(text).toContain('"message":"no"');
    expect(text).not.toContain('hunter2');
  });

  it('keeps what an object says of itself as JSON', () => {
    class Visit {
      token = 'hunter2';
      inner = 'hunter2';
      toJSON(): object {
        return { token: this.token };
      }
    }
    expect(JSON.stringify(redactSecrets({ visit: new Visit() }))).toBe('{"visit":{"token":"[redacted]"}}');
  });
});
