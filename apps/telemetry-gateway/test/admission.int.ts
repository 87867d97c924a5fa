import { connect } from 'node:net';
import { once } from 'node:events';
import { eventually } from '@fleet/testing';
import { startDoor, type Visit } from './admission/door.ts';
import { secondsFromNow, startIssuer } from './admission/tokens.ts';

const statusOf = (visit: Visit): number => (visit.open ? 101 : visit.status);
const headerOf = (visit: Visit, name: string): unknown => (visit.open ? undefined : visit.headers[name]);

describe('a robot without credentials, where none are asked for', () => {
  it('enters without a subprotocol, and with ours', async () => {
    await using door = await startDoor();
    expect(await door.visit('arm_7')).toMatchObject({ subprotocol: '' });
    expect(await door.visit('arm_7', { subprotocols: ['fleet.v1'] })).toMatchObject({
      subprotocol: 'fleet.v1',
    });
    expect(await door.visit('arm_7', { subprotocols: ['v0', 'fleet.v1'] })).toMatchObject({
      subprotocol: 'fleet.v1',
    });
  });

  it('is told in problem details which subprotocol it should have offered', async () => {
    await using door = await startDoor();
    const visit = await door.visit('arm_7', { subprotocols: ['mqtt'] });
    expect(statusOf(visit)).toBe(400);
    expect(headerOf(visit, 'content-type')).toBe('application/problem+json');
    expect(visit).toMatchObject({
      problem: { status: 400, detail: expect.stringContaining('fleet.v1') as string },
    });
    expect(door.state.refusals).toEqual(['subprotocol']);
  });
});

describe('a robot with a token', () => {
  const claims = { sub: 'arm_7', scope: 'robot:connect' };

  it('enters by header or by subprotocol, and its token’s end is known', async () => {
    await using issuer = await startIssuer();
    await using door = await startDoor({ verifier: issuer.verifier });
    const exp = secondsFromNow(300);
    const token = issuer.token({ ...claims, exp });
    const byHeader = await door.visit('arm_7', { headers: { Authorization: `Bearer ${token}` } });
    const bySubprotocol = await door.visit('arm_7', { subprotocols: ['fleet.v1', `bearer.${token}`] });
    expect(byHeader).toMatchObject({ subprotocol: '' });
    expect(bySubprotocol).toMatchObject({ subprotocol: 'fleet.v1' });
    expect(door.state.admitted).toEqual([
      { admitted: true, expiresAtMs: exp * 1000 },
      { admitted: true, subprotocol: 'fleet.v1', expiresAtMs: exp * 1000 },
    ]);
  });

  it('is refused before the upgrade when the token is not in order', async () => {
    await using issuer = await startIssuer();
    await using door = await startDoor({ verifier: issuer.verifier });
    const stranger = await startIssuer();
    await stranger.stop();
    const visits: [string | undefined, number, string | undefined][] = [
      [undefined, 401, 'Bearer'],
      ['a.b.c', 401, 'Bearer error="invalid_token"'],
      [issuer.token({ ...claims, exp: secondsFromNow(-120) }), 401, 'Bearer error="invalid_token"'],
      [issuer.token({ ...claims, aud: 'others' }), 401, 'Bearer error="invalid_token"'],
      [issuer.token({ ...claims, iss: 'https://evil.example' }), 401, 'Bearer error="invalid_token"'],
      [stranger.token(claims), 401, 'Bearer error="invalid_token"'],
      [
        issuer.token({ ...claims, scope: 'telemetry:read' }),
        403,
        'Bearer error="insufficient_scope", scope="robot:connect"',
      ],
      [issuer.token({ ...claims, sub: 'arm_8' }), 403, undefined],
      [issuer.token({ scope: 'robot:connect' }), 403, undefined],
    ];
    for (const [token, status, challenge] of visits) {
      const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
      const visit = await door.visit('arm_7', { headers });
      expect([statusOf(visit), headerOf(visit, 'www-authenticate')]).toEqual([status, challenge]);
      if (token !== undefined) expect(JSON.stringify(visit)).not.toContain(token);
    }
    const basic = await door.visit('arm_7', { headers: { Authorization: 'Basic YTpi' } });
    expect(statusOf(basic)).toBe(401);
    expect(door.connections()).toBe(0);
  });

  it('enters with a key that was rotated in, and when the keys’ address is away', async () => {
    await using issuer = await startIssuer();
    await using door = await startDoor({ verifier: issuer.verifier });
    const enter = () => door.visit('arm_7', { headers: { Authorization: `Bearer ${issuer.token(claims)}` } });
    expect(statusOf(await enter())).toBe(101);
    issuer.rotate();
    expect(statusOf(await enter())).toBe(101);
    await issuer.stop();
    expect(statusOf(await enter())).toBe(101);
  });

  it('is asked to come back when no keys are known', async () => {
    const issuer = await startIssuer();
    const token = issuer.token(claims);
    await issuer.stop();
    await using away = await startIssuer();
    await away.stop();
    await using door = await startDoor({ verifier: away.verifier });
    const visit = await eventually(async () => {
      const seen = await door.visit('arm_7', { headers: { Authorization: `Bearer ${token}` } });
      return statusOf(seen) === 503 && seen;
    });
    expect(headerOf(visit, 'retry-after')).toMatch(/^[1-9]\d*$/);
    expect(door.state.refusals).toContain('keys_unavailable');
  });
});

describe('limits', () => {
  it('turn an address away that connects too often, and say for how long', async () => {
    await using door = await startDoor({
      settings: { CONNECTIONS_PER_ADDRESS_PER_MINUTE: 3, TRUSTED_PROXIES: 1 },
    });
    const from = (address: string) => door.visit('arm_7', { headers: { 'X-Forwarded-For': address } });
    const statuses: number[] = [];
    for (let each = 0; each < 4; each += 1) statuses.push(statusOf(await from('10.0.0.1')));
    expect(statuses).toEqual([101, 101, 101, 429]);
    const refused = await from('10.0.0.1');
    expect(Number(headerOf(refused, 'retry-after'))).toBeGreaterThan(0);
    expect(Number(headerOf(refused, 'retry-after'))).toBeLessThanOrEqual(60);
    expect(statusOf(await from('10.0.0.2'))).toBe(101);
  });

  it('are not escaped by a header that nobody of ours has written', async () => {
    await using door = await startDoor({ settings: { CONNECTIONS_PER_ADDRESS_PER_MINUTE: 2 } });
    const statuses: number[] = [];
    for (let each = 0; each < 3; each += 1) {
      statuses.push(
        statusOf(await door.visit('arm_7', { headers: { 'X-Forwarded-For': `10.0.0.${each}` } })),
      );
    }
    expect(statuses).toEqual([101, 101, 429]);
  });

  it('hold in a storm of robots whose tokens are still being verified', async () => {
    await using issuer = await startIssuer();
    await using door = await startDoor({ verifier: issuer.verifier, settings: { MAX_CONNECTIONS: 5 } });
    const headers = { Authorization: `Bearer ${issuer.token({ sub: 'arm_7', scope: 'robot:connect' })}` };
    const visits = await Promise.all(Array.from({ length: 40 }, () => door.visit('arm_7', { headers })));
    const statuses = visits.map(statusOf);
    expect(statuses.filter((status) => status === 101).length).toBeLessThanOrEqual(5);
    expect(new Set(statuses)).toEqual(new Set([101, 503]));
    expect(door.connections()).toBeLessThanOrEqual(5);
    const refused = visits.find((visit) => !visit.open);
    expect(refused && headerOf(refused, 'retry-after')).toMatch(/^[1-9]\d*$/);
  });

  it('make room when someone leaves', async () => {
    await using door = await startDoor({ settings: { MAX_CONNECTIONS: 1 } });
    const first = await door.visit('arm_7');
    expect(statusOf(await door.visit('arm_8'))).toBe(503);
    first.open?.close();
    await eventually(async () => statusOf(await door.visit('arm_8')) === 101);
  });

  it('send robots elsewhere while draining', async () => {
    await using door = await startDoor();
    door.state.draining = true;
    const visit = await door.visit('arm_7');
    expect(statusOf(visit)).toBe(503);
    expect(headerOf(visit, 'retry-after')).toMatch(/^[1-9]\d*$/);
    expect(door.state.refusals).toEqual(['draining']);
  });
});

describe('a browser', () => {
  it('may connect from the gateway’s own host only, unless others are named', async () => {
    await using door = await startDoor();
    const own = `http://127.0.0.1:${door.port}`;
    expect(statusOf(await door.visit('arm_7', { origin: own }))).toBe(101);
    expect(statusOf(await door.visit('arm_7', { origin: 'https://evil.example' }))).toBe(403);
    await using open = await startDoor({ settings: { ALLOWED_ORIGINS: ['https://app.example'] } });
    expect(statusOf(await open.visit('arm_7', { origin: 'https://app.example' }))).toBe(101);
    expect(statusOf(await open.visit('arm_7', { origin: 'https://evil.example' }))).toBe(403);
    expect(open.state.refusals).toEqual(['origin']);
  });
});

describe('a visitor that leaves before the answer', () => {
  it('hurts nobody', async () => {
    await using door = await startDoor();
    door.state.draining = true;
    for (let each = 0; each < 20; each += 1) {
      const socket = connect(door.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(
        'GET /arm_7 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      socket.resetAndDestroy();
    }
    expect(statusOf(await door.visit('arm_7'))).toBe(503);
  });
});
