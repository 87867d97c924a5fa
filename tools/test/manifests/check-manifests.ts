import { createRequire } from 'node:module';
import { join } from 'node:path';

import ts from 'typescript';

/** Any Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const require_ = createRequire(__filename);

/** The package that knows the kinds of an API group. */
const moduleOf = (apiVersion: string): string => {
  if (apiVersion.startsWith('keda.sh/')) return `@kubernetes-models/keda/${apiVersion}`;
  if (apiVersion.startsWith('monitoring.coreos.com/'))
    return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  return `kubernetes-models/${apiVersion}`;
};

const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

/**
 * What is wrong with manifests, one sentence each: keys that their kinds do not have, values of a wrong type, what is
 * missing, and what breaks a pattern. Keys and types are checked by the compiler, against the declarations of the kinds:
 * their schemas let unknown keys pass.
 */
export const mistakesIn = (manifests: readonly Manifest[]): string[] => [
  ...typeMistakes(manifests),
  ...manifests.flatMap(schemaMistakes),
];

const typeMistakes = (manifests: readonly Manifest[]): string[] => {
  const file = join(__dirname, 'manifests-as-types.ts');
  const source = manifests
    .map((manifest, index) => {
      const { apiVersion, kind } = manifest;
      return [
        `import type { I${kind} as Kind${index} } from '${moduleOf(apiVersion)}';`,
        `export const manifest${index}: Kind${index} = ${JSON.stringify(manifest)};`,
      ].join('\n');
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true) : read(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file: where, start = 0, messageText }) => {
    const line = where?.getLineAndCharacterOfPosition(start).line ?? 0;
    const manifest = manifests[Math.floor(line / 2)];
    const name = manifest === undefined ? '' : nameOf(manifest);
    return `${name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
};

interface Model {
  new (manifest: Manifest): { validate(): void };
}

const schemaMistakes = (manifest: Manifest): string[] => {
  const { [manifest.kind]: Kind } = require_(moduleOf(manifest.apiVersion)) as Record<string, Model>;
  if (Kind === undefined) return [`${nameOf(manifest)}: no such kind in ${manifest.apiVersion}`];
  try {
    new Kind(manifest).validate();
    return [];
  } catch (error) {
    return [`${nameOf(manifest)}: ${error instanceof Error ? error.message : String(error)}`];
  }
};
