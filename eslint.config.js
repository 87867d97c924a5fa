import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['**/dist/**', '**/*.cjs'] },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: [
            { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'] },
            { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:contract', 'type:testing'] },
            { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contract', 'type:infra'] },
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: ['type:contract', 'type:infra', 'type:testing'],
            },
            {
              sourceTag: 'type:tools',
              onlyDependOnLibsWithTags: ['type:contract', 'type:infra', 'type:testing'],
            },
            // Narrower than its type: what a project may depend on at most, its tests aside.
            { sourceTag: 'only:none', onlyDependOnLibsWithTags: ['type:testing'] },
            { sourceTag: 'only:envelope', onlyDependOnLibsWithTags: ['contract:envelope', 'type:testing'] },
            { sourceTag: 'only:robot', onlyDependOnLibsWithTags: ['contract:robot', 'type:testing'] },
            { sourceTag: 'contract:envelope', onlyDependOnLibsWithTags: [] },
            { sourceTag: 'contract:robot', onlyDependOnLibsWithTags: [] },
          ],
        },
      ],
    },
  },
  {
    // Benchmarks measure what was built, by the name that its users call it.
    files: ['**/bench/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: ['**/src/**/*.ts'],
    // The tools start the same servers for people as the tests do for themselves.
    ignores: ['**/*.spec.ts', 'tools/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: '@fleet/testing', message: 'Only tests may import it.' }] },
      ],
    },
  },
);
