import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const SUITE = join(process.env['GGEN_DATA'] ?? join(ROOT, '..', 'shared', 'data', 'ggen'), 'p2p-suite', 'p2p.clnrm.toml')

const SCENARIOS = [
  'peer-discovery', 'multi-peer-connectivity', 'publish-package', 'package-propagation', 'distributed-search', 'search-with-timeout', 'dht-put-get',
  'dht-key-distribution', 'network-partition-handling', 'peer-failure-recovery', 'peer-reputation-tracking', 'concurrent-publishes',
  'large-network-scalability',
]
const TOPICS = [
  'network-initialization', 'peer-discovery-dht', 'package-announcement', 'search-functionality', 'package-retrieval', 'multi-peer-discovery',
  'duplicate-prevention', 'reputation-tracking', 'dht-operations', 'topic-subscription', 'version-updates',
]
const INTEGRATION = ['central-up', 'central-down', 'nobody-there', 'only-on-peers', 'several-peers']

interface Row { readonly name: string; readonly file: string; readonly title: string }

const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')

/** The rows below a heading. */
const rowsOf = (heading: string): readonly Row[] => {
  const [, after = ''] = page.split(`## ${heading}\n`)
  const [chapter = ''] = after.split('\n## ')
  return [...chapter.matchAll(/^\| ([a-z-]+) \| [^|]+ \| `([^`]+)` \| ([^|]+) \|$/gm)].map(([, name = '', file = '', title = '']) => ({ name, file, title }))
}

const CHAPTERS = [['Thirteen scenarios', SCENARIOS], ['Eleven topics', TOPICS], ['Five integration scenarios', INTEGRATION]] as const

const hasTest = ({ file, title }: Row): boolean => readFileSync(join(ROOT, file), 'utf8').includes(`test('${title}'`)

for (const [heading, names] of CHAPTERS) {
  test(`${heading}: each is on the page once, and its test exists`, () => {
    const rows = rowsOf(heading)
    assert.deepEqual(rows.map(({ name }) => name), names)
    assert.deepEqual(rows.filter((row) => !hasTest(row)), [])
  })
}

test('The thirteen names are those of the suite that they come from', { skip: !existsSync(SUITE) && 'the suite is not on this machine' }, () => {
  const named = [...readFileSync(SUITE, 'utf8').matchAll(/^name = "test_p2p_(\w+)"$/gm)].map(([, name = '']) => name.replaceAll('_', '-'))
  assert.deepEqual(named, SCENARIOS)
})
