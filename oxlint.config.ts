import { readFileSync } from 'node:fs'
import { defineConfig, type OxlintOverride } from 'oxlint'
import { LAYERS } from './layers.ts'
import { type Folder, foldersOf, isEdge } from './tools/lint/folders.ts'
import { houseRules, programRules } from './tools/lint/house-rules.ts'
import { importRule } from './tools/lint/import-rule.ts'
import { purityRules } from './tools/lint/purity-rules.ts'

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { imports: Record<string, unknown> }

const TESTS = ['src/**/*.test.ts', 'src/**/*conformance.ts']

const folderRules = (folder: Folder): OxlintOverride => ({
  files: [`src/${folder.folder}/**`],
  rules: {
    'no-restricted-imports': ['error', importRule(folder)],
    ...(isEdge(folder.folder) ? { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' } : purityRules()),
  },
})

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'node', 'promise'],
  categories: { correctness: 'error' },
  ignorePatterns: ['node_modules', 'dist'],
  options: { reportUnusedDisableDirectives: 'error' },
  rules: houseRules(),
  overrides: [
    { files: ['src/**'], excludeFiles: TESTS, rules: programRules() },
    ...foldersOf(LAYERS, Object.keys(manifest.imports)).map(folderRules),
    { files: ['src/doors/**', 'src/main/**', 'bench/**', 'examples/**', 'test/**', 'tools/**', 'vectors/**', '**/*.test.ts'], rules: { 'no-console': 'off' } },
    {
      files: TESTS,
      rules: {
        'max-lines-per-function': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-imports': 'off',
        'no-restricted-properties': 'off',
        'typescript/no-misused-spread': 'off',
        'typescript/unbound-method': 'off',
      },
    },
    { files: ['oxlint.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
})
