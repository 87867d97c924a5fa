import { parseStored } from './parse-stored.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const parse = (answer: object) => parseStored(Buffer.from(JSON.stringify(answer)));

describe('parseStored', () => {
  it('reads a message with what the stream knows of it', () => {
    const stored = parse({
      type: 'io.nats.jetstream.api.v1.stream_msg_get_response',
      message: {
        subject: 'charter.v1.x.y.robot_1',
        seq: 17,
        hdrs: base64('NATS/1.0\r\nNats-Msg-Id: 5\r\nB: one\r\nB: two\r\n\r\n'),
        data: base64('{"ä":1}'),
        time: '2026-03-01T10:00:00.123456789Z',
      },
    });
    expect(stored).toMatchObject({
      subject: 'charter.v1.x.y.robot_1',
      sequence: 17,
      storedAt: Date.parse('2026-03-01T10:00:00.123Z'),
    });
    expect(Buffer.from(stored?.bytes ?? []).toString()).toBe('{"ä":1}');
    expect([...(stored?.headers ?? [])]).toEqual([
      ['Nats-Msg-Id', ['5']],
      ['B', ['one', 'two']],
    ]);
  });

  it('reads a message without headers and without a body', () => {
    const stored = parse({ message: { subject: 's', seq: 1, time: '2026-03-01T10:00:00Z' } });
    expect(stored?.bytes).toHaveLength(0);
    expect(stored?.headers).toBeUndefined();
  });

  it('knows no message from every other refusal', () => {
    expect(parse({ error: { code: 404, err_code: 10037, description: 'no message found' } })).toBeUndefined();
    expect(() => parse({ error: { code: 404, err_code: 10059, description: 'stream not found' } })).toThrow(
      'stream not found',
    );
  });

  it.each([
    ['nobody listened', ''],
    ['it is no JSON', 'what'],
    ['it holds neither', '{}'],
  ])('throws where %s', (_why, answer) => {
    expect(() => parseStored(Buffer.from(answer))).toThrow();
  });
});
