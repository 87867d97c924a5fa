import type { ProductionPackage } from './production-packages.ts';

/** Permissive: they ask for a notice, not for the source of what they are used in. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** What stands against shipping these packages, one sentence each. */
export const licenceProblems = (packages: readonly ProductionPackage[]): string[] =>
  packages
    .filter(({ isOurs }) => !isOurs)
    .flatMap(({ name, version, license }) => {
      if (license === undefined) return [`${name}@${version}: no licence is named`];
      if (allowed.has(license)) return [];
      return [`${name}@${version}: ${license} is not among those allowed`];
    });
