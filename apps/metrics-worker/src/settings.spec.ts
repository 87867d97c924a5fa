import { parseSettings } from '@fleet/service-runtime';

import { workerRules, workerSettings } from './settings.ts';

const parse = (env: Record<string, string>) => parseSettings(workerSettings, env, workerRules);

describe('the settings of the worker', () => {
  it('have defaults', () => {
    expect(parse({})).toMatchObject({
      PORT: 8081,
      ADMIN_PORT: 9081,
      MISSION_STREAM: 'brain.events.missions',
      AGGREGATION_INTERVAL_SECONDS: 30,
    });
  });

  it('take fractions of a second', () => {
    expect(parse({ AGGREGATION_INTERVAL_SECONDS: '0.25' }).AGGREGATION_INTERVAL_SECONDS).toBe(0.25);
  });

  it('tell all mistakes at once', () => {
    expect(() => parse({ AGGREGATION_INTERVAL_SECONDS: 'often', JOB_LEASE_MS: '1', PORT: 'x' })).toThrow(
      /AGGREGATION_INTERVAL_SECONDS[^]*JOB_LEASE_MS|PORT[^]*AGGREGATION_INTERVAL_SECONDS/,
    );
  });
});
