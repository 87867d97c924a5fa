import { connect } from 'node:net';

import { createEvent, deadLetterSubject } from '@fleet/event-envelope';
import { startEventStream, type EventStream } from '@fleet/event-stream';
import { eventually, startNats, type Server } from '@fleet/testing';

import { runFleet } from './run-fleet.ts';

jest.setTimeout(60_000);

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let nats: Server;
let eventStream: EventStream;

beforeAll(async () => {
  nats = await startNats();
  eventStream = startEventStream({ servers: [nats.url], name: 'test', instance: 'test' }, { log: silent });
});
afterAll(async () => {
  await eventStream.close(1_000);
  await nats.stop();
});

const established = (robotId: string) =>
  ({
    robot_id: robotId,
    connection_id: `ws_${robotId}_1700000000_a1b2c3`,
    connected_at: 1_700_000_000,
  }) as const;

const publish = (robotId: string) =>
  eventStream.publish('telemetry.connection_established', established(robotId));

/** Stores bytes that no producer of ours would write. */
const publishRaw = (subject: string, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const bytes = Buffer.byteLength(text);
    const socket = connect(nats.port, '127.0.0.1', () => {
      socket.write(`CONNECT {"verbose":false}\r\nPUB ${subject} ${bytes}\r\n${text}\r\nPING\r\n`);
    });
    socket.on('error', reject);
    socket.on('data', (data) => {
      if (data.includes('PONG')) socket.end(resolve);
    });
  });

/** What the server answers to a request without a body. */
const ask = (port: number, subject: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`CONNECT {"verbose":false}\r\nSUB answers 1\r\nPUB ${subject} answers 0\r\n\r\n`);
    });
    socket.on('error', reject);
    socket.on('data', (data) => {
      answer += data.toString();
      if (!/MSG answers [^]*\r\n.*\r\n/.test(answer)) return;
      socket.destroy();
      resolve(answer);
    });
  });

describe('fleet watch', () => {
  it('shows events on lines as they come, those of the filter only', async () => {
    await publish('watch_001');
    const watch = runFleet(
      'watch',
      '--nats',
      nats.url,
      '--from',
      'beginning',
      'charter.v1.telemetry.*.watch_001',
    );
    await eventually(() => watch.out.length === 1);
    await publish('watch_002');
    await publish('watch_001');
    await eventually(() => watch.out.length === 2);
    watch.interrupt();
    expect(await watch.code).toBe(0);
    for (const line of watch.out)
      expect(line).toMatch(
        /^\d{4}-.*Z {2}telemetry\.connection_established {2}watch_001 {2}connection_id=ws_watch_001/,
      );
  });

  it('gives JSON with the place in the stream', async () => {
    const stored = await publish('watch_003');
    const args = ['--nats', nats.url, '--json', '--from', 'beginning', 'charter.v1.*.*.watch_003'];
    const watch = runFleet('watch', ...args);
    await eventually(() => watch.out.length === 1);
    watch.interrupt();
    await watch.code;
    expect(JSON.parse(watch.out[0] ?? '')).toMatchObject({
      stream: 'CHARTER_EVENTS',
      sequence: stored.sequence,
      event: { type: 'telemetry.connection_established', payload: established('watch_003') },
    });
  });

  it('begins now unless told otherwise', async () => {
    await publish('watch_004');
    const watch = runFleet('watch', '--nats', nats.url, 'charter.v1.*.*.watch_004');
    // A tail that begins now says nothing until it has begun: events are sent until one is shown.
    let sent = 1;
    await eventually(async () => {
      await publish('watch_004');
      sent += 1;
      return watch.out.length > 0;
    });
    watch.interrupt();
    await watch.code;
    expect(watch.out.length).toBeLessThan(sent);
  });

  it('shows what is no event, and goes on', async () => {
    const subject = 'charter.v1.telemetry.connection_closed.watch_005';
    const watch = runFleet('watch', '--nats', nats.url, '--from', 'beginning', 'charter.v1.*.*.watch_005');
    await publishRaw(subject, 'hello\u0007');
    await eventually(() => watch.out.length === 1);
    await publish('watch_005');
    await eventually(() => watch.out.length === 2);
    watch.interrupt();
    await watch.code;
    expect(watch.out[0]).toMatch(
      /unreadable {2}charter\.v1\.telemetry\.connection_closed\.watch_005 .*hello/,
    );
    expect(watch.out[1]).toContain('telemetry.connection_established  watch_005');
  });

  it('refuses a filter that no event can match', async () => {
    const watch = runFleet('watch', '--nats', nats.url, 'weather.>');
    expect(await watch.code).toBe(2);
    expect(watch.err.join('\n')).toMatch(/no subject of the Charter matches/);
  });

  it('refuses an address that is none', async () => {
    const watch = runFleet('watch', '--nats', 'http://localhost');
    expect(await watch.code).toBe(2);
    expect(watch.err.join('\n')).toMatch(/NATS_URL: expected NATS servers/);
  });
});

describe('fleet dead', () => {
  it('lists the dead letters and ends', async () => {
    const none = runFleet('dead', '--nats', nats.url);
    expect(await none.code).toBe(0);
    expect(none.out).toEqual([]);

    const event = createEvent('telemetry.connection_established', established('dead_001'));
    await publishRaw(deadLetterSubject('CHARTER_EVENTS', 'my_service'), JSON.stringify(event));
    const plain = runFleet('dead', '--nats', nats.url);
    expect(await plain.code).toBe(0);
    expect(plain.out).toHaveLength(1);
    expect(plain.out[0]).toMatch(/Z {2}unknown {2}charter\.dead\.CHARTER_EVENTS\.my_service {2}/);

    const json = runFleet('dead', '--json', '--nats', nats.url);
    await json.code;
    expect(JSON.parse(json.out[0] ?? '')).toMatchObject({
      dead_letter: { stream: 'CHARTER_DEAD_LETTERS', subject: 'charter.dead.CHARTER_EVENTS.my_service' },
      event: { id: event.id },
    });
  });

  it('goes on with those to come when told to', async () => {
    const follow = runFleet('dead', '--follow', '--nats', nats.url);
    await publishRaw(deadLetterSubject('CHARTER_EVENTS', 'first'), 'not an event');
    await eventually(() => follow.out.some((line) => line.includes('charter.dead.CHARTER_EVENTS.first')));
    await publishRaw(deadLetterSubject('CHARTER_EVENTS', 'second'), 'nor this');
    await eventually(() => follow.out.some((line) => line.includes('charter.dead.CHARTER_EVENTS.second')));
    follow.interrupt();
    expect(await follow.code).toBe(0);
  });
});

describe('where no service has made the streams yet', () => {
  it('says so, makes none, and shows what is stored once they are there', async () => {
    await using fresh = await startNats();
    const watch = runFleet('watch', '--nats', fresh.url, '--from', 'beginning', 'charter.v1.telemetry.*.*');
    const dead = runFleet('dead', '--nats', fresh.url);
    expect(await dead.code).toBe(0);
    await eventually(() => watch.err.some((line) => line.includes('stream is not there')));
    expect(await ask(fresh.port, '$JS.API.STREAM.NAMES')).toContain('"total":0');
    const service = startEventStream(
      { servers: [fresh.url], name: 'test', instance: 'test' },
      { log: silent },
    );
    await service.publish('telemetry.connection_established', established('watch_006'));
    await eventually(() => watch.out.some((line) => line.includes('watch_006')));
    watch.interrupt();
    expect(await watch.code).toBe(0);
    await service.close(1_000);
  });
});
