import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { plant, REPOSITORY } from './plant.ts'

const tidy = (root: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
  spawnSync(process.execPath, ['--conditions=ggen-source', join(REPOSITORY, 'tools/tidy.ts'), root], { encoding: 'utf8' })

const door = (folder: string): object => ({ 'ggen-source': `./src/${folder}/mod.ts` })

const CLEAN = {
  'package.json': JSON.stringify({ type: 'module', version: '1.2.3', imports: { '#core': door('core') }, dependencies: { semver: '7.0.0' } }),
  'layers.ts': "export const LAYERS = [{ folder: 'core', answers: 'What?', mayImport: [] }, { folder: 'main', answers: 'Which?', mayImport: ['*'] }]\n",
  'README.md': '# ggen\n\nSee [the code](src/core/mod.ts).\n',
  'CHANGELOG.md': '# Changes\n\n## [1.2.3]\n',
  'ARCHITECTURE.md': '| Folder | Answers | May import |\n| --- | --- | --- |\n| `core` | What? | nothing |\n| `main` | Which? | everything |\n',
  'LICENSE-MIT': 'MIT\n',
  'LICENSE-APACHE': 'Apache\n',
  'src/core/mod.ts': "export { one } from './one.ts'\n",
  'src/core/one.ts': 'export const one = (): number => 1\n',
  'src/core/one.test.ts': "import { one } from './one.ts'\none()\n",
  'src/main/bin.ts': "import { one } from '#core'\none()\n",
}

/** One file a check, each of which breaks its rule and no other. */
const VIOLATIONS: Readonly<Record<string, readonly [path: string, text: string]>> = {
  size: ['src/core/long.ts', 'const a = 1\n'.repeat(301)],
  names: ['src/core/helpers.ts', 'export const a = 1\n'],
  'front-doors': ['src/core/climb.ts', "import '../main/bin.ts'\n"],
  layers: ['src/extra/a.ts', 'export const a = 1\n'],
  packages: ['package.json', CLEAN['package.json'].replace('semver', 'left-pad')],
  purity: ['src/core/clock.ts', 'export const today = new Date()\n'],
  'tests-beside': ['src/core/two.ts', 'export const two = (): number => 2\n'],
  sleeps: ['src/core/nap.test.ts', 'setTimeout(() => {}, 100)\n'],
  wording: ['src/core/later.ts', '// TODO: later\n'],
  swallowed: ['src/core/hide.ts', 'try { a() } catch { }\n'],
  suppressions: ['src/core/quiet.ts', `// oxlint-${'disable'} no-console\n`],
  links: ['docs/tour.md', '[a](gone.md)\n'],
  documents: ['CHANGELOG.md', '# Changes\n'],
}

test('A tree that keeps the rules has no findings', (context) => {
  const { status, stdout, stderr } = tidy(plant(context, CLEAN))
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.match(stdout, /^tidy: 13 checks, 11 files, 0 findings\n$/)
})

for (const [check, [path, text]] of Object.entries(VIOLATIONS)) {
  test(`A violation of "${check}" is found, named, and fails the run`, (context) => {
    const { status, stderr } = tidy(plant(context, { ...CLEAN, [path]: text }))
    const found = stderr.trim().split('\n').map((line) => line.split(' ')[1])
    assert.deepEqual([...new Set(found)], [`${check}:`])
    assert.equal(status, 1)
  })
}

test('Every check of tidy has a planted violation here', (context) => {
  const { stdout } = tidy(plant(context, CLEAN))
  assert.match(stdout, new RegExp(`^tidy: ${Object.keys(VIOLATIONS).length} checks`))
})
