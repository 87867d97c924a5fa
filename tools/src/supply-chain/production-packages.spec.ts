import { licenceProblems } from './licence-problems.ts';
import { productionPackages, type Lock } from './production-packages.ts';

const lock: Lock = {
  '': {},
  'apps/door': {
    version: '1.0.0',
    dependencies: { a: '1', '@fleet/lib': '*' },
    optionalDependencies: { z: '1' },
  },
  'libs/lib': { version: '1.0.0', dependencies: { b: '1' } },
  'node_modules/@fleet/lib': { link: true, resolved: 'libs/lib' },
  'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '2' } },
  'node_modules/a/node_modules/b': { version: '2.0.0', license: 'GPL-3.0-only' },
  'node_modules/b': { version: '1.0.0' },
  'node_modules/test-runner': { version: '9.0.0', license: 'MIT' },
};

describe('the packages of an installation', () => {
  it('are those that are reached, each in the version that its user finds, and no others', () => {
    const found = productionPackages(lock, 'apps/door').map(({ name, version }) => `${name}@${version}`);
    expect(found.sort()).toEqual(['@fleet/door@1.0.0', '@fleet/lib@1.0.0', 'a@1.0.0', 'b@1.0.0', 'b@2.0.0']);
  });

  it('need a licence, and one that is allowed', () => {
    expect(licenceProblems(productionPackages(lock, 'apps/door')).sort()).toEqual([
      'b@1.0.0: no licence is named',
      'b@2.0.0: GPL-3.0-only is not among those allowed',
    ]);
  });

  it('are not guessed when the lockfile lacks one', () => {
    expect(() => productionPackages({ 'apps/door': { dependencies: { gone: '1' } } }, 'apps/door')).toThrow(
      'the lockfile has no gone, which apps/door needs',
    );
  });
});
