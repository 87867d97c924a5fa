import { createScreen } from './screen.ts';

const recorder = (terminal: { isTTY: boolean; columns?: number }) => {
  let written = '';
  return { ...terminal, write: (text: string) => (written += text), written: () => written };
};

describe('createScreen', () => {
  it('keeps the changing line below what is said, on a terminal', () => {
    const output = recorder({ isTTY: true });
    const screen = createScreen(output);
    screen.flow('5 robots');
    screen.say('a warning');
    expect(output.written().split('\r\u001b[2K')).toEqual(['', '5 robots', 'a warning\n5 robots']);
  });

  it('cuts the changing line to the width of the terminal', () => {
    const output = recorder({ isTTY: true, columns: 30 });
    createScreen(output).flow('x'.repeat(100));
    expect(output.written()).toBe(`\r\u001b[2K${'x'.repeat(29)}`);
  });

  it('prints plain lines every ten seconds without a terminal', () => {
    const output = recorder({ isTTY: false });
    let now = 0;
    const screen = createScreen(output, () => now);
    for (const [second, line] of ['a', 'b', 'c'].entries()) {
      now = second * 6_000;
      screen.flow(line);
    }
    screen.end();
    expect(output.written()).toBe('a\nc\n');
  });
});
