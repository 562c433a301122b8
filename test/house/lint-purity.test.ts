import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LAYERS } from '../../layers.ts'
import { lintPlanted, linesOf } from './lint-planted.ts'
import { plant } from './plant.ts'

const EDGES = [
  'config', 'store/disk', 'network/libp2p', 'domains/web', 'doors/socket', 'doors/control', 'doors/agent', 'doors/cli', 'doors/daemon', 'project', 'node',
  'doors/http', 'doors/central', 'doors/npm',
  'foreign/source', 'registry/http', 'node/system', 'library', 'main',
]
const PURE = LAYERS.map(({ folder }) => folder).filter((folder) => !EDGES.includes(folder))

/** One impurity a line. */
const GLOBALS = [
  'setTimeout(f, 1)', 'setInterval(f, 1)', 'setImmediate(f)', 'performance.now()', 'process.env', 'process.cwd()', 'crypto.randomUUID()', "fetch('http://a')",
  "new WebSocket('ws://a')", 'globalThis.setTimeout', 'new WeakRef({})',
]
const PROPERTIES = ['Date.now()', "Date['now']()", 'Math.random()', 'AbortSignal.timeout(1)', 'webcrypto.subtle', "webcrypto['subtle']"]
const MODULES = [
  'node:fs', 'node:fs/promises', 'node:net', 'node:timers', 'node:timers/promises', 'node:http', 'node:https', 'node:http2', 'node:dns', 'node:dns/promises',
  'node:dgram', 'node:tls', 'node:os', 'node:process', 'node:child_process', 'node:worker_threads', 'node:cluster', 'node:perf_hooks', 'node:module',
]
const CRYPTO = ['randomBytes', 'randomUUID', 'randomInt', 'webcrypto', 'subtle', 'scrypt', 'pbkdf2', 'generateKeyPairSync']

const expressions = (list: readonly string[]): string => list.map((expression, index) => `export const a${index} = ${expression}\n`).join('')
const imports = (list: readonly string[]): string => list.map((name, index) => `export * as a${index} from '${name}'\n`).join('')
const allLines = (list: readonly string[]): readonly number[] => list.map((_, index) => index + 1)

const filesFor = (folder: string): Readonly<Record<string, string>> => ({
  [`src/${folder}/globals.ts`]: expressions(GLOBALS),
  [`src/${folder}/properties.ts`]: expressions(PROPERTIES),
  [`src/${folder}/modules.ts`]: imports(MODULES),
  [`src/${folder}/crypto.ts`]: [
    ...CRYPTO.map((name) => `export { ${name} } from 'node:crypto'`),
    "import crypto from 'node:crypto'",
    "import * as all from 'node:crypto'",
  ].join('\n'),
})

test('Outside the edges every way to clock, chance, timers, disk, network and process is found', (context) => {
  const findings = lintPlanted(plant(context, Object.assign({}, ...PURE.map(filesFor)) as Record<string, string>))
  for (const folder of PURE) {
    assert.deepEqual(linesOf(findings, `src/${folder}/globals.ts`, 'no-restricted-globals'), allLines(GLOBALS), folder)
    assert.deepEqual(linesOf(findings, `src/${folder}/properties.ts`, 'no-restricted-properties'), allLines(PROPERTIES), folder)
    assert.deepEqual(linesOf(findings, `src/${folder}/modules.ts`, 'no-restricted-imports'), allLines(MODULES), folder)
    assert.deepEqual(linesOf(findings, `src/${folder}/crypto.ts`, 'no-restricted-imports'), allLines([...CRYPTO, 'default', 'all']), folder)
  }
})

test('The edges and tests may touch the world', (context) => {
  const tests = PURE.map((folder) => ({ [`src/${folder}/a.test.ts`]: expressions(GLOBALS) }))
  const planted = Object.assign({}, ...EDGES.map(filesFor), ...tests) as Record<string, string>
  const rules = ['no-restricted-globals', 'no-restricted-properties', 'no-restricted-imports']
  assert.deepEqual(lintPlanted(plant(context, planted)).filter(({ rule }) => rules.includes(rule)), [])
})

test('Synchronous hashing, given dates and Math are left alone everywhere', (context) => {
  const text = [
    "import { createHash, timingSafeEqual } from 'node:crypto'",
    'export const a = createHash',
    'export const b = timingSafeEqual',
    'export const c = new Date(5).toISOString()',
    'export const d = Math.max(1, 2)',
    '',
  ].join('\n')
  assert.deepEqual(lintPlanted(plant(context, Object.fromEntries(PURE.map((folder) => [`src/${folder}/a.ts`, text])))), [])
})
