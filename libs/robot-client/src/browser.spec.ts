import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Everything a module imports, itself and through its own files. */
const importsOf = (path: string, seen = new Set<string>()): Set<string> => {
  seen.add(path);
  for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/\bfrom '([^']+)'/g)) {
    const target = name.startsWith('.') ? join(dirname(path), name) : name;
    if (seen.has(target)) continue;
    if (target === name) seen.add(name);
    else importsOf(target, seen);
  }
  return seen;
};

const packagesOf = (path: string): string[] => [...importsOf(path)].filter((name) => !name.endsWith('.ts'));

describe('the door for browsers', () => {
  it('leads to nothing a browser does not have', () => {
    expect(packagesOf(join(__dirname, 'browser.ts'))).toEqual(['@fleet/robot-protocol']);
    expect(packagesOf(join(__dirname, '../../robot-protocol/src/index.ts'))).toEqual(['zod']);
  });

  it('is told from the one for Node', () => {
    expect(packagesOf(join(__dirname, 'index.ts'))).toContain('ws');
  });
});
