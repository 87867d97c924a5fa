import { refusalOf } from './refusal.ts';

const of = (code: number, errCode: number, description = '') => {
  const { kind, hope } = refusalOf({ code, errCode, description });
  return `${kind} ${hope}`;
};

describe('a refusal', () => {
  it.each([
    ['a message beyond the limit of the stream', of(400, 10054), 'too_large never'],
    ['a full stream', of(503, 10077, 'maximum bytes exceeded'), 'stream_full never'],
    [
      'a stream with all messages it may have',
      of(503, 10077, 'maximum messages exceeded'),
      'stream_full never',
    ],
    ['a store that fails', of(503, 10077, 'no space left on device'), 'storage perhaps'],
    ['insufficient resources', of(503, 10023), 'storage perhaps'],
    ['another sequence than expected', of(400, 10071), 'wrong_sequence never'],
    ['a missing stream', of(404, 10059), 'no_stream later'],
    ['a cluster without a leader', of(503, 10008), 'refused later'],
    ['a mistake that is not known here', of(400, 19999), 'refused never'],
    ['a trouble that is not known here', of(500, 19999), 'refused perhaps'],
  ])('is told apart: %s', (_, got, expected) => {
    expect(got).toBe(expected);
  });

  it('has a look at the stream when it may be gone', () => {
    expect(refusalOf({ code: 404, errCode: 10059, description: '' }).mend).toBe(true);
    expect(refusalOf({ code: 400, errCode: 10054, description: '' }).mend).toBeUndefined();
  });
});
