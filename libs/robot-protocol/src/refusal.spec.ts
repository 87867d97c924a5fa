import { refusalOf } from './refusal.ts';

const many = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, index]));

const refusedPath = (message: string): string | undefined => {
  const refusal = refusalOf(JSON.parse(message));
  if (refusal === undefined) throw new Error(`expected a refusal of ${message}`);
  return refusal.path;
};

describe('refusal of a robot message', () => {
  it.each([
    '{"type":"telemetry","metrics":{"cpu_usage":45.2}}',
    '{"type":"telemetry","seq":1,"recorded_at":1703001234.56,"metrics":{"a.b":null},"attributes":{"mode":"auto","on":true,"n":1,"x":null}}',
    '{"type":"telemetry","metrics":{"a":1},"firmware":{"of":"the future"}}',
    '{"type":"telemetry_batch","samples":[{"metrics":{"a":1},"new_key":1}]}',
    `{"type":"telemetry","metrics":${JSON.stringify(many(128))},"attributes":{}}`,
  ])('does not happen to %.60s', (message) => {
    expect(refusalOf(JSON.parse(message))).toBeUndefined();
  });

  it.each([
    ['{"type":"telemetry"}', 'metrics'],
    ['{"type":"telemetry","metrics":{}}', 'metrics'],
    ['{"type":"telemetry","metrics":[1]}', 'metrics'],
    [`{"type":"telemetry","metrics":${JSON.stringify(many(129))}}`, 'metrics'],
    ['{"type":"telemetry","metrics":{"cpu":"45"}}', 'metrics.cpu'],
    ['{"type":"telemetry","metrics":{"cpu":1e999}}', 'metrics.cpu'],
    ['{"type":"telemetry","metrics":{"arm.joint":true}}', 'metrics["arm.joint"]'],
    ['{"type":"telemetry","metrics":{"1st":1}}', 'metrics.1st'],
    ['{"type":"telemetry","metrics":{"a b":1}}', 'metrics["a b"]'],
    ['{"type":"telemetry","metrics":{"a\\r\\nb":1}}', 'metrics["a\\r\\nb"]'],
    ['{"type":"telemetry","metrics":{"__proto__":1}}', 'metrics'],
    ['{"type":"telemetry","metrics":{"a":1},"seq":0}', 'seq'],
    ['{"type":"telemetry","metrics":{"a":1},"seq":1.5}', 'seq'],
    ['{"type":"telemetry","metrics":{"a":1},"seq":9007199254740992}', 'seq'],
    ['{"type":"telemetry","metrics":{"a":1},"recorded_at":"now"}', 'recorded_at'],
    ['{"type":"telemetry","metrics":{"a":1},"recorded_at":-1}', 'recorded_at'],
    ['{"type":"telemetry","metrics":{"a":1},"attributes":{"deep":{"er":1}}}', 'attributes.deep'],
    ['{"type":"telemetry","metrics":{"a":1},"attributes":{"half":"\\ud800"}}', 'attributes.half'],
    ['{"type":"telemetry_batch","samples":[]}', 'samples'],
    [
      '{"type":"telemetry_batch","samples":[{"metrics":{"a":1}},{"metrics":{"b":"x"}}]}',
      'samples[1].metrics.b',
    ],
  ])('names the exact place in %.70s', (message, path) => {
    expect(refusalOf(JSON.parse(message))).toMatchObject({ code: 'invalid_message' });
    expect(refusedPath(message)).toBe(path);
  });

  it('says what was expected', () => {
    expect(refusalOf({ type: 'telemetry', metrics: { cpu: 'x' } })?.detail).toBe(
      'expected a finite number or null',
    );
    expect(refusalOf({ type: 'telemetry', metrics: { 'a b': 1 } })?.detail).toMatch(/^expected a name: /);
    expect(refusalOf({ type: 'telemetry', metrics: { a: 1 }, attributes: { a: [] } })?.detail).toMatch(
      /^expected a string/,
    );
  });

  it('tells an unknown type from a broken message', () => {
    expect(refusalOf({ type: 'telepathy' })).toEqual({
      code: 'unknown_type',
      detail: 'expected type telemetry or telemetry_batch',
      path: 'type',
    });
    expect(refusalOf({ metrics: { a: 1 } })).toMatchObject({ code: 'invalid_message', path: 'type' });
  });

  it.each(['null', '7', '"text"', '[]', '[{"type":"telemetry"}]'])('happens to %s as a whole', (message) => {
    expect(refusalOf(JSON.parse(message))).toMatchObject({ code: 'invalid_message' });
  });

  it('refuses more than 500 samples at once', () => {
    const samples = Array.from({ length: 501 }, () => ({ metrics: { a: 1 } }));
    expect(refusalOf({ type: 'telemetry_batch', samples })).toMatchObject({ path: 'samples' });
    expect(refusalOf({ type: 'telemetry_batch', samples: samples.slice(1) })).toBeUndefined();
  });

  it('keeps the path of a hostile message short', () => {
    const refusal = refusalOf({ type: 'telemetry', metrics: { [`a${' '.repeat(50_000)}`]: 1 } });
    expect(refusal?.path?.length).toBeLessThan(200);
  });
});
