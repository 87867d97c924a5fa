import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import {
  commonRules,
  commonSettings,
  createReadiness,
  createRegistry,
  integer,
  oneOf,
  runService,
  startAdminServer,
} from '../../src/index.ts';

/** A service for tests: its `MODE` says what goes wrong. */
await runService({
  name: 'sample',
  settings: z.object({
    ...commonSettings,
    MODE: oneOf('plain', 'slow-start', 'stuck', 'courteous', 'rejects', 'contradiction', 'chatty').default(
      'plain',
    ),
    COUNT: integer({ min: 1 }).default(1),
  }),
  rules: [commonRules],
  async start(lifecycle, { settings, log, stopping, hurry, fail }) {
    const readiness = createReadiness();
    lifecycle.defer('first', () => log.info({}, 'first stopped'));
    const admin = await startAdminServer({
      port: settings.ADMIN_PORT,
      readiness,
      registry: createRegistry(),
      log,
    });
    lifecycle.defer('admin', () => admin.stop());
    log.info(
      { adminPort: admin.port, password: 'hunter2', headers: { authorization: 'Bearer hunter2' } },
      'listening',
    );
    log.warn(
      { err: new Error('away', { cause: new Error('refused') }), why: { not: new Error('no') } },
      'trying on',
    );
    log.error({ err: new Error('broken') }, 'failed');
    if (settings.MODE === 'slow-start') await delay(60_000, undefined, { signal: stopping });
    if (settings.MODE === 'stuck') lifecycle.defer('stuck', () => new Promise(() => undefined));
    if (settings.MODE === 'courteous') {
      lifecycle.defer('courteous', () => {
        log.info({}, 'waiting for everyone');
        return new Promise<void>((resolve) => hurry.addEventListener('abort', () => resolve()));
      });
    }
    if (settings.MODE === 'rejects') void Promise.reject(new Error('nobody catches this'));
    if (settings.MODE === 'contradiction') fail(new Error('the stream contradicts the configuration'));
    if (settings.MODE === 'chatty') {
      const timer = setInterval(() => log.info({}, 'still here'), 5);
      lifecycle.defer('timer', () => clearInterval(timer));
    }
    readiness.set('ready');
  },
});
