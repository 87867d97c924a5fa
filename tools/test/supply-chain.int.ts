import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { services, textOf } from '../src/manifests/repository.ts';
import { licenceProblems } from '../src/supply-chain/licence-problems.ts';
import { productionPackages, type Lock } from '../src/supply-chain/production-packages.ts';
import type { toSbom } from '../src/supply-chain/to-sbom.ts';

type Sbom = ReturnType<typeof toSbom>;

const root = join(__dirname, '../..');
const { packages: lock } = JSON.parse(textOf('package-lock.json')) as { packages: Lock };

describe.each(services)('what the image of the %s is made of', (service) => {
  it('may be shipped', () => {
    const packages = productionPackages(lock, `apps/${service}`);
    expect(packages.length).toBeGreaterThan(80);
    expect(licenceProblems(packages)).toEqual([]);
  });

  it('is in its bill of materials, and nothing else', () => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'sbom', '--', service, '1.2.3'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
      timeout: 120_000,
    });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const { bomFormat, specVersion, metadata, components, dependencies } = JSON.parse(stdout) as Sbom;
    expect({ bomFormat, specVersion }).toEqual({ bomFormat: 'CycloneDX', specVersion: '1.5' });
    expect(metadata.component).toMatchObject({ name: `@fleet/${service}`, version: '1.2.3' });
    const purls = components.map(({ purl }) => purl);
    for (const name of [
      '%40fleet/event-stream',
      '%40nats-io/nats-core',
      '%40opentelemetry/api',
      'ioredis',
      'express',
      'zod',
    ])
      expect(purls).toContainEqual(expect.stringMatching(new RegExp(`^pkg:npm/${name}@`)));
    expect(
      purls.filter((purl) => /\/(jest|typescript|testcontainers|nx|%40fleet\/testing)@/.test(purl)),
    ).toEqual([]);
    const foreign = components.filter(({ purl }) => !purl.includes('%40fleet/'));
    for (const { licenses, hashes } of foreign)
      expect({ licenses, hashes }).toEqual({
        licenses: [{ expression: expect.any(String) as unknown }],
        hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as unknown }],
      });
    const refs = new Set([metadata.component, ...components].map((component) => component['bom-ref']));
    for (const { ref, dependsOn } of dependencies)
      for (const each of [ref, ...dependsOn]) expect(refs).toContain(each);
  }, 150_000);
});
