import { eventually, startBalancer, startNats, startRedis } from '@fleet/testing';

import { startIssuer } from './admission/tokens.ts';
import { openPage } from './browser/open-page.ts';
import { serveModules } from './browser/serve-modules.ts';
import { StoredEvents } from './harness/events.ts';
import { startTestGateway } from './harness/gateway.ts';

jest.setTimeout(120_000);

/** Runs in the page, as text: what compiles this test would turn its `import` into something no browser knows. */
const connect = (url: string, token: string): string => `(async () => {
  const { connectRobot } = await import('@fleet/robot-client');
  const told = { confirmed: 0, connected: 0, failures: [] };
  const robot = connectRobot({
    url: ${JSON.stringify(url)},
    robotId: 'browser_robot',
    session: 'tab',
    token: () => ${JSON.stringify(token)},
    reconnect: { minMs: 50, maxMs: 500 },
  });
  robot.on('connected', () => (told.connected += 1));
  Object.assign(window, {
    told,
    robot,
    sendSome(from, to) {
      for (let value = from; value <= to; value += 1)
        robot.send({ metrics: { value } }).then(
          () => (told.confirmed += 1),
          (error) => told.failures.push(String(error)),
        );
    },
  });
})()`;

interface Told {
  readonly confirmed: number;
  readonly connected: number;
  readonly failures: readonly string[];
}

it('serves a robot in a browser: with a token, over a lost connection, each sample once and in order', async () => {
  await using modules = await serveModules();
  await using issuer = await startIssuer();
  await using nats = await startNats();
  await using redis = await startRedis();
  await using gateway = await startTestGateway({
    ...issuer.env,
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    ALLOWED_ORIGINS: modules.origin,
  });
  await using balancer = await startBalancer([gateway.port]);
  await using events = new StoredEvents(nats.url);
  await using open = await openPage(modules.origin);
  const { page, complaints } = open;
  const told = (): Promise<Told> => page.evaluate('window.told');

  // Chromium drops what it is fetching when a network interface comes or goes, and one does with each container.
  const loads = "import('@fleet/robot-client').then(() => true, () => false)";
  await eventually(async () => (await page.evaluate(loads)) === true || (await page.reload(), false), {
    withinMs: 30_000,
  });
  const token = issuer.token({ sub: 'browser_robot', scope: 'robot:connect' });
  await page.evaluate(connect(`ws://127.0.0.1:${balancer.port}`, token));
  await page.evaluate('sendSome(1, 100)');
  await eventually(async () => (await told()).confirmed === 100, { withinMs: 30_000 });

  await page.evaluate('sendSome(101, 200)');
  balancer.cut();
  await page.evaluate('sendSome(201, 300)');
  await eventually(async () => (await told()).confirmed === 300, { withinMs: 30_000 });
  expect(await told()).toMatchObject({ failures: [], connected: 2 });
  await page.evaluate('robot.close()');

  const stored = await events.many('telemetry.data_received', 300, 'browser_robot');
  expect(stored.map(({ payload }) => payload.metrics['value'])).toEqual(
    Array.from({ length: 300 }, (_, index) => index + 1),
  );
  expect(await events.many('telemetry.connection_established', 2, 'browser_robot')).toHaveLength(2);
  expect(complaints).toEqual([]);
});

it('is not for pages that are not on the list', async () => {
  await using modules = await serveModules();
  await using redis = await startRedis();
  await using gateway = await startTestGateway({
    REDIS_URL: redis.url,
    ALLOWED_ORIGINS: 'https://fleet.example',
  });
  await using open = await openPage(modules.origin);
  const outcome = await open.page.evaluate(`new Promise((resolve) => {
    const socket = new WebSocket('${gateway.ws}/ws/stranger', 'fleet.v1');
    socket.onopen = () => resolve('open');
    socket.onclose = ({ code }) => resolve(code);
  })`);
  expect(outcome).toBe(1006);
  const figures = await (await fetch(`${gateway.admin}/metrics`)).text();
  expect(figures).toContain('fleet_gateway_refused_upgrades_total{reason="origin"} 1\n');
});
