import { GatewayMessageError, parseGatewayMessage } from './gateway-message.ts';

const welcome = {
  type: 'welcome',
  protocol: 'fleet.v1',
  robot_id: 'robot_001',
  connection_id: 'ws_robot_001_1703001234_a1b2c3',
  last_seq: 16,
  missing: [[9, 11]],
  max_message_bytes: 65_536,
  max_unacked: 1024,
  heartbeat_interval_ms: 15_000,
  server_time: 1_703_001_234.5,
};

describe('parsing what a gateway says', () => {
  it.each([
    welcome,
    { ...welcome, last_seq: null, missing: undefined },
    { type: 'ack', seq: 17 },
    { type: 'ack', seq: 17, missing: [[9, 11], [13, 13]] }, // prettier-ignore
    { type: 'error', code: 'invalid_message', detail: 'expected …', seq: 3, path: 'metrics.cpu' },
    { type: 'error', code: 'a_code_of_tomorrow', detail: '' },
    { type: 'throttled', retry_after_ms: 250, dropped: 3 },
    { type: 'closing', reason: 'server_shutdown', reconnect_after_ms: 1200.5 },
  ])('keeps $type as it was said', (message) => {
    expect(parseGatewayMessage(JSON.stringify(message))).toEqual(JSON.parse(JSON.stringify(message)));
  });

  it('drops the keys it does not know', () => {
    expect(parseGatewayMessage('{"type":"ack","seq":1,"mood":"good"}')).toEqual({ type: 'ack', seq: 1 });
  });

  it('ignores a type of a newer gateway', () => {
    expect(parseGatewayMessage('{"type":"firmware","url":"…"}')).toBeUndefined();
  });

  it.each([
    'not json',
    '7',
    'null',
    '{"seq":1}',
    '{"type":"ack"}',
    '{"type":"ack","seq":0}',
    '{"type":"ack","seq":5,"missing":[[4,2]]}',
    '{"type":"ack","seq":5,"missing":[[4]]}',
    '{"type":"throttled","retry_after_ms":-1,"dropped":0}',
  ])('refuses %s', (text) => {
    expect(() => parseGatewayMessage(text)).toThrow(GatewayMessageError);
  });
});
