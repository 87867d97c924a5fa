import { readYaml } from './read-yaml.ts';

describe('readYaml', () => {
  it('reads mappings, sequences and scalars of every document', () => {
    const text = [
      'name: web # with a comment',
      "ports: [80, '443', 1.5]",
      'flags: { on: true, off: no, nothing: ~ }',
      'empty:',
      'script: |',
      '  one',
      '  two',
      'line: >-',
      '  one',
      '  two',
      'list:',
      '  - a: 1',
      '    b: "2"',
      '  - plain',
      '---',
      'second: document',
    ].join('\n');
    expect(readYaml(text)).toEqual([
      {
        name: 'web',
        ports: [80, '443', 1.5],
        flags: { on: true, off: 'no', nothing: null },
        empty: null,
        script: 'one\ntwo\n',
        line: 'one two',
        list: [{ a: 1, b: '2' }, 'plain'],
      },
      { second: 'document' },
    ]);
  });

  it('follows anchors, and lets what is written beside a merge win over it', () => {
    const text = ['base: &base', '  a: 1', '  b: 2', 'derived:', '  b: 3', '  <<: *base', 'same: *base'].join(
      '\n',
    );
    expect(readYaml(text)).toEqual([{ base: { a: 1, b: 2 }, derived: { a: 1, b: 3 }, same: { a: 1, b: 2 } }]);
  });

  it.each([
    ['an open bracket', 'a: [1'],
    ['a tab for indentation', 'a:\n\tb: 1'],
    ['a key that comes twice', 'a: 1\na: 2'],
    ['an alias of nothing', 'a: *nothing'],
  ])('refuses %s', (_what, text) => {
    expect(() => readYaml(text)).toThrow();
  });
});
