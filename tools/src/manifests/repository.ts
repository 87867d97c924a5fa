import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { readYaml } from './read-yaml.ts';

const root = join(__dirname, '../../..');

export const services = ['telemetry-gateway', 'metrics-worker'] as const;
export type ServiceName = (typeof services)[number];

const homes = ['docker', '.github', ...services.map((service) => `apps/${service}/kubernetes`)];

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The only document of a YAML file. */
export const documentOf = (path: string): unknown => {
  const documents = readYaml(textOf(path));
  if (documents.length !== 1) throw new Error(`${path} has ${documents.length} documents`);
  return documents[0];
};

/** Whatever operators use, by its path from the root of the repository. */
export const operatorsFiles = (ending: string): string[] =>
  homes.flatMap((home) =>
    readdirSync(join(root, home), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );

/** The variables of a file of `NAME=value` lines. */
export const variablesOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    textOf(path)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );

interface Kustomization {
  readonly configMapGenerator?: readonly { readonly name: string; readonly envs?: readonly string[] }[];
}

/** What an overlay puts into the environment of a service, its Secrets aside. */
export const overlayVariables = (
  overlay: 'dev' | 'production',
  service: ServiceName,
): Record<string, string> => {
  const directories = [`apps/${service}/kubernetes`, `docker/kubernetes/${overlay}`];
  const files = directories.flatMap((directory) => {
    const { configMapGenerator = [] } = documentOf(`${directory}/kustomization.yaml`) as Kustomization;
    const envs = configMapGenerator.filter(({ name }) => name === service).flatMap(({ envs = [] }) => envs);
    return envs.map((env) => join(directory, env));
  });
  return Object.fromEntries(files.flatMap((file) => Object.entries(variablesOf(file))));
};
