import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lintPlanted, linesOf } from './lint-planted.ts'
import { plant, REPOSITORY } from './plant.ts'

/** For each rule: a text that breaks it, and the line where it does. */
const VIOLATIONS: Readonly<Record<string, readonly [line: number, text: string]>> = {
  eqeqeq: [1, 'export const same = (a: number, b: number): boolean => a == b\n'],
  'max-lines': [301, `export const a = 1\n${'// more\n'.repeat(300)}`],
  'max-lines-per-function': [1, `export const long = (): void => {\n${'  void 0\n'.repeat(70)}}\n`],
  'max-params': [1, 'export const wide = (a: number, b: number, c: number, d: number): number => a + b + c + d\n'],
  'no-console': [1, "console.log('a')\n"],
  'no-empty': [1, 'try { a() } catch {}\nfunction a(): void { throw new Error() }\n'],
  'no-var': [1, 'export var a = 1\n'],
  'prefer-const': [1, 'let a = 1\nexport const b = a\n'],
  'no-unused-vars': [1, 'const a = 1\n'],
  'import/no-default-export': [1, 'export default 1\n'],
  'typescript/ban-ts-comment': [1, `// ${'@ts'}-ignore\nexport const a = 1\n`],
  'typescript/no-explicit-any': [1, 'export const a = (b: any): string => String(b)\n'],
  'typescript/no-floating-promises': [3, 'const a = async (): Promise<void> => { await Promise.resolve() }\nexport const b = (): void => {\n  a()\n}\n'],
  'typescript/await-thenable': [1, 'export const a = async (): Promise<number> => await 1\n'],
  'typescript/no-misused-promises': [1, 'export const a = (b: Promise<boolean>): number => b ? 1 : 2\n'],
  'typescript/no-unsafe-argument': [1, 'export const a = (text: string): number => Number.parseInt(JSON.parse(text))\n'],
  'typescript/no-unsafe-assignment': [2, 'export const a = (text: string): string => {\n  const b = JSON.parse(text)\n  return String(b)\n}\n'],
  'typescript/no-unsafe-call': [1, 'export const a = (text: string): string => String(JSON.parse(text)())\n'],
  'typescript/no-unsafe-member-access': [1, 'export const a = (text: string): string => String(JSON.parse(text).b)\n'],
  'typescript/no-unsafe-return': [1, 'export const a = (text: string): string => JSON.parse(text)\n'],
  'typescript/only-throw-error': [1, "export const a = (): never => { throw 'text' }\n"],
  'typescript/switch-exhaustiveness-check': [2, "export const a = (b: 'x' | 'y'): void => {\n  switch (b) {\n    case 'x': return\n  }\n}\n"],
  'unicorn/prefer-node-protocol': [1, "export { createHash } from 'crypto'\n"],
}

const fileOf = (rule: string): string => `src/core/${rule.replaceAll('/', '-')}.ts`

test('Every rule of the house finds its planted violation', (context) => {
  const files = Object.fromEntries(Object.entries(VIOLATIONS).map(([rule, [, text]]) => [fileOf(rule), text]))
  const findings = lintPlanted(plant(context, files))
  for (const [rule, [line]] of Object.entries(VIOLATIONS)) assert.deepEqual(linesOf(findings, fileOf(rule), rule), [line], rule)
})

test('Two files that import each other are found', (context) => {
  const findings = lintPlanted(
    plant(context, {
      'src/core/a.ts': "import { b } from './b.ts'\nexport const a = (): number => b()\n",
      'src/core/b.ts': "import { a } from './a.ts'\nexport const b = (): number => a()\n",
    }),
  )
  assert.deepEqual(findings.filter(({ rule }) => rule === 'import/no-cycle').map(({ path }) => path).sort(), ['src/core/a.ts', 'src/core/b.ts'])
})

test('A file name that is not kebab-case is found', (context) => {
  const findings = lintPlanted(plant(context, { 'src/core/pickVersion.ts': 'export const a = 1\n' }))
  assert.deepEqual(findings.map(({ rule }) => rule), ['unicorn/filename-case'])
})

test('A switched-off rule that would find nothing is found', (context) => {
  const findings = lintPlanted(plant(context, { 'src/core/a.ts': `// oxlint-${'disable'}-next-line no-console -- it prints\nexport const a = 1\n` }))
  assert.deepEqual(findings.map(({ path, line }) => `${path}:${line}`), ['src/core/a.ts:1'])
})

test('Doors, main, benchmarks, tools and tests may print', (context) => {
  const paths = ['src/doors/cli/a.ts', 'src/main/a.ts', 'bench/a.ts', 'tools/a.ts', 'test/a.ts', 'examples/a.ts', 'src/core/a.test.ts']
  assert.deepEqual(lintPlanted(plant(context, Object.fromEntries(paths.map((path) => [path, "console.log('a')\n"])))), [])
})

test('A tree that keeps the rules has no findings', (context) => {
  const files = {
    'src/core/mod.ts': "export { type Kind, nameOf } from './name-of.ts'\n",
    'src/core/name-of.ts': [
      "export type Kind = 'file' | 'folder'",
      '',
      '/** The word for a kind. */',
      'export const nameOf = (kind: Kind): string => {',
      '  switch (kind) {',
      "    case 'file':",
      "      return 'a file'",
      "    case 'folder':",
      "      return 'a folder'",
      '  }',
      '}',
      '',
    ].join('\n'),
    'src/core/name-of.test.ts': [
      "import assert from 'node:assert/strict'",
      "import { describe, test } from 'node:test'",
      "import { nameOf } from './name-of.ts'",
      '',
      "describe('nameOf', () => {",
      "  test('A file is called so', async () => {",
      "    assert.equal(nameOf(await Promise.resolve('file' as const)), 'a file')",
      '  })',
      '})',
      '',
    ].join('\n'),
    'src/trust/believe.ts': [
      "import { createHash } from 'node:crypto'",
      "import { nameOf } from '#core'",
      '',
      "export const believe = (): string => createHash('sha256').update(nameOf('file')).digest('hex')",
      '',
    ].join('\n'),
    'src/main/bin.ts': "import { believe } from './believe.ts'\n\nprocess.exitCode = believe()\n",
    'src/main/believe.ts': 'export const believe = (): number => Date.now() % 2\n',
  }
  assert.deepEqual(lintPlanted(plant(context, files)), [])
})

test('The linter looks at every TypeScript file of the repository', () => {
  const written = { cwd: REPOSITORY, exclude: ['**/node_modules'] }
  const files = ['src', 'test', 'tools', 'bench', 'examples'].flatMap((folder) => globSync(`${folder}/**/*.ts`, written))
  const command = [join(REPOSITORY, 'node_modules/oxlint/bin/oxlint'), '--debug=files', '.']
  const { stdout } = spawnSync(process.execPath, command, { cwd: REPOSITORY, encoding: 'utf8' })
  const linted = new Set(stdout.split('\n').map((line) => line.trim().replace(`${REPOSITORY}/`, '').replace(/^\.\//, '')))
  assert.ok(files.length > 0)
  assert.deepEqual(files.filter((file) => !linted.has(file)), [])
})
