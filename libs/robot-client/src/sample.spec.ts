import { InvalidSampleError } from './errors.ts';
import { encodeSample } from './sample.ts';

describe('encoding a sample', () => {
  it('dates it with the moment of the call unless it has a time of its own', () => {
    expect(encodeSample({ metrics: { a: 1 } }, 1_500)).toBe('"recorded_at":1.5,"metrics":{"a":1}}');
    expect(encodeSample({ metrics: { a: null }, recordedAt: 7, attributes: { on: true } }, 0)).toBe(
      '"recorded_at":7,"metrics":{"a":null},"attributes":{"on":true}}',
    );
  });

  it.each([
    [{ metrics: {} }, 'metrics'],
    [{ metrics: { a: Number.NaN } }, 'metrics.a'],
    [{ metrics: { 'a b': 1 } }, 'metrics["a b"]'],
    [{ metrics: { a: 1 }, recordedAt: Infinity }, 'recorded_at'],
    [{ metrics: { a: 1 }, attributes: { half: '\ud800' } }, 'attributes.half'],
  ])('refuses %j and says where', (sample, path) => {
    expect.assertions(2);
    try {
      encodeSample(sample, 0);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidSampleError);
      expect((error as InvalidSampleError).path).toBe(path);
    }
  });
});
