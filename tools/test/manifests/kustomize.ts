import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readYaml } from '../../src/manifests/read-yaml.ts';
import type { Manifest } from './check-manifests.ts';

const root = join(__dirname, '../../..');

/** Components and labels in templates need it. */
const leastVersion = 5;

const remedy = `kubectl with kustomize ${leastVersion} or later is needed: apt-get install kubectl (Debian 13), or see
https://kubernetes.io/docs/tasks/tools/`;

const isNewEnough = (kubectl: string): boolean => {
  const { stdout } = spawnSync(kubectl, ['version', '--client'], { encoding: 'utf8', timeout: 30_000 });
  return Number(/Kustomize Version: v(\d+)/.exec(stdout)?.[1] ?? 0) >= leastVersion;
};

/** Where `unpackFromDebian` leaves it, for the next run. */
const unpacked = join(tmpdir(), 'fleet-kubectl', 'usr/bin/kubectl');

/**
 * Debian 12 has one that is too old. The next release's is one program that needs nothing else, so it is taken out of its
 * package without being installed.
 */
const unpackFromDebian = (): void => {
  const home = join(tmpdir(), 'fleet-kubectl');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, 'lists/partial'), { recursive: true });
  const script = `
    set -e
    cd "$1"
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1)
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$keyring] \${mirror:-http://deb.debian.org/debian} trixie main" > sources.list
    apt() { apt-get -q -o Acquire::Retries=3 -o Dir::Etc::SourceList="$1/sources.list" -o Dir::Etc::SourceParts=/dev/null \\
      -o Dir::State::Lists="$1/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "\${@:2}"; }
    apt "$1" update
    apt "$1" download kubectl/trixie
    dpkg -x kubectl_*.deb .`;
  spawnSync('bash', ['-c', script, 'bash', home], { stdio: ['ignore', 2, 2], timeout: 240_000 });
};

const findKubectl = (): string => {
  const found = ['kubectl', unpacked].find((kubectl) => isNewEnough(kubectl));
  if (found !== undefined) return found;
  process.stderr.write('Taking kubectl from a package of Debian 13\n');
  unpackFromDebian();
  if (!existsSync(unpacked) || !isNewEnough(unpacked)) throw new Error(remedy);
  return unpacked;
};

/** Renders a folder of the repository as an operator would apply it. Kustomize itself refuses keys it does not know. */
export const createKustomize = (): ((folder: string) => Manifest[]) => {
  const kubectl = findKubectl();
  return (folder) =>
    readYaml(
      execFileSync(kubectl, ['kustomize', join(root, folder)], {
        encoding: 'utf8',
        maxBuffer: 16 * 1024 ** 2,
        timeout: 60_000,
      }),
    ) as Manifest[];
};
