import { readReplacement, replacementText } from './replacement.ts';

describe('a replacement message', () => {
  it('is read as it was written', () => {
    const message = { robotId: 'r', connectionId: 'a', replacedBy: 'b' };
    expect(readReplacement(replacementText(message))).toEqual(message);
  });

  it.each(['', 'null', '{', '[]', '{"robot_id":1,"connection_id":"a","replaced_by":"b"}'])(
    'is not seen in %j',
    (text) => {
      expect(readReplacement(text)).toBeUndefined();
    },
  );
});
