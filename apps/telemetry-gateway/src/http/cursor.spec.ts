import { readCursor, writeCursor } from './cursor.ts';

describe('a cursor', () => {
  it('leads back to the robot', () => {
    expect(readCursor(writeCursor('Robot_1-x'))).toBe('Robot_1-x');
  });

  it.each(['', 'x', 'robot_1', writeCursor('*'), `${writeCursor('robot_1')}=`, writeCursor('a\r\nb')])(
    'is not seen in %j',
    (text) => {
      expect(readCursor(text)).toBeUndefined();
    },
  );
});
