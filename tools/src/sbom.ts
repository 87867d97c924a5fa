import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { licenceProblems } from './supply-chain/licence-problems.ts';
import { productionPackages, type Lock } from './supply-chain/production-packages.ts';
import { toSbom } from './supply-chain/to-sbom.ts';

const [name = '', version = '0.0.0'] = process.argv.slice(2);
const lockfile = join(import.meta.dirname, '../../package-lock.json');
const { packages: lock } = JSON.parse(readFileSync(lockfile, 'utf8')) as { packages: Lock };
if (lock[`apps/${name}`] === undefined) {
  process.stderr.write('npm run sbom -- SERVICE [VERSION]\n');
  process.exit(2);
}

const packages = productionPackages(lock, `apps/${name}`);
const problems = licenceProblems(packages);
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`${JSON.stringify(toSbom(packages, version), null, 2)}\n`);
