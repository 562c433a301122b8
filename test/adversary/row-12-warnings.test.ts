import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, type IdentityId, LIMITS, type LookAlike, opIdOfHash, type PackageName, parsePackageName, parsePackageSpec, parseVersion } from '#core'
import { memoryHub } from '#network'
import { openCatalogue, openPackageSearch } from '#store/disk'
import { ggen, openMarketplace, smallPackage, startNode, temporaryFolder, TestClock, until, writeTree } from '#testing'
import { OTHERS, POPULAR } from './legitimate-names.ts'

/** Row 12 of the threat table: who is warned of `reqeust`, when, and what that costs. */
const never = new AbortController().signal
const WARNING = /^WARNING: reqeust can be taken for request: two letters changed places \(which is bound here\)$/m

interface Refusal {
  readonly error: { readonly code: string; readonly details: { readonly identity: string; readonly lookAlikes: readonly LookAlike[] } }
}

test('between real nodes, install and publish of reqeust warn of the request that is bound', async (context) => {
  await using work = await temporaryFolder()
  const [ada, eve, user] = ['ada', 'eve', 'user'].map((name) => join(work.path, name)) as [string, string, string]
  const project = join(work.path, 'project')
  await mkdir(project)
  await using first = await startNode({ home: ada })
  await using second = await startNode({ home: eve, bootstrap: first.addresses })
  const env = { GGEN_TRUST_FIRST_USE: 'ask', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }
  await using node = await startNode({ home: user, bootstrap: [...first.addresses, ...second.addresses], env })
  const publish = async (home: string, name: string, ...more: readonly string[]) => {
    const source = await writeTree(join(home, `${name}-source`), smallPackage(name))
    return await ggen(home, 'publish', '--no-passphrase', source, ...more)
  }
  const right = (await publish(ada, 'request', '--json')).json<{ identity: string }>()
  const wrong = (await publish(eve, 'reqeust', '--json')).json<{ identity: string }>()
  const known = (name: string): Promise<boolean> => ggen(user, 'info', name).then(({ code }) => code === 0)
  await until('the user hears of both', async () => (await known('request')) && (await known('reqeust')))
  const install = (name: string, ...more: readonly string[]) => ggen(user, 'install', name, '--dir', project, ...more)
  assert.equal((await install('request', '--trust', right.identity)).code, 0)

  const refused = await install('reqeust')
  assert.equal(refused.code, 6, refused.stderr)
  assert.match(refused.stderr, /name-unverified: reqeust is published by .*; it can be taken for request: two letters changed places \(which is bound here\)/)
  const { error } = (await install('reqeust', '--json')).json<Refusal>()
  const alike = { known: 'request', kind: 'swapped', because: 'bound', identity: right.identity }
  assert.deepEqual([error.code, error.details.identity, error.details.lookAlikes], ['name-unverified', wrong.identity, [alike]])
  assert.match((await ggen(user, 'trust', 'why', 'reqeust')).stdout, WARNING)
  assert.deepEqual((await ggen(user, 'list', '--dir', project, '--json')).json<{ packages: unknown[] }>().packages.length, 1, 'nothing of it was unpacked')

  const copied = await publish(user, 'reqeust')
  assert.deepEqual([copied.code, WARNING.test(copied.stderr)], [0, true], copied.stderr)
  const another = (await publish(user, 'requesst', '--json')).json<{ lookAlikes: readonly LookAlike[] }>()
  assert.deepEqual(another.lookAlikes.map(({ known: name, because }) => [name, because]), [['request', 'bound']])
  assert.ok(node.events.length > 0)
  context.diagnostic('install of a look-alike: 2 of 2 refused with the name that was meant, nothing unpacked; publish: 2 of 2 warned')
})

test('where every publisher is taken, an install warns on stderr before it unpacks, once', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const [project, elsewhere] = [join(work.path, 'project'), join(work.path, 'elsewhere')]
  await mkdir(project)
  await using author = await startNode({ home: join(work.path, 'author') })
  await using _node = await startNode({ home, bootstrap: author.addresses })
  assert.equal((await ggen(home, 'publish', '--no-passphrase', await writeTree(join(work.path, 'right'), smallPackage('request')))).code, 0)
  const source = await writeTree(elsewhere, smallPackage('reqeust'))
  const published = await ggen(author.home, 'publish', '--no-passphrase', source, '--json')
  assert.equal(published.code, 0)
  await until('it is heard of', async () => (await ggen(home, 'info', 'reqeust')).code === 0)
  const installed = await ggen(home, 'install', 'reqeust', '--dir', project, '--json')
  assert.match(installed.stderr, WARNING)
  const { installed: [fresh] } = installed.json<{ installed: readonly { lookAlikes?: readonly LookAlike[] }[] }>()
  assert.deepEqual(fresh?.lookAlikes?.map(({ known }) => known), ['request'])
  assert.doesNotMatch((await ggen(home, 'install', 'reqeust', '--dir', project)).stderr, /WARNING/)
})

test('what it costs with 5,000 names in a catalogue on the disk', async (context) => {
  await using work = await temporaryFolder()
  const path = join(work.path, 'catalogue.db')
  using catalogue = openCatalogue(path)
  await using search = openPackageSearch(path)
  const clock = new TestClock()
  const [digest, version] = [digestOf(Buffer.from('')), parseVersion('1.0.0')]
  const shown = { title: '', description: '', tags: [], category: '', license: '', author: '', kind: 'tgz', scripts: false, deprecated: false } as const
  const put = (name: PackageName): void => {
    const identity = opIdOfHash(randomBytes(32)) as IdentityId
    const at = Math.floor(clock.now() / 1000)
    catalogue.putEntry({ ...shown, identity, name, version, digest, at, known: at, op: identity })
  }
  catalogue.transact(() => [...POPULAR, ...OTHERS].forEach(put))
  clock.advance(LIMITS.lookAlikeAheadMs)
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, index: { catalogue, search } })
  const timed = async (name: PackageName): Promise<readonly [number, readonly LookAlike[]]> => {
    const began = performance.now()
    const { lookAlikes = [] } = await node.marketplace.trusting.why(name, never)
    return [performance.now() - began, lookAlikes]
  }
  const [first, alike] = await timed(parsePackageName('reqeust'))
  assert.deepEqual(alike.map(({ known, because }) => `${known} ${because}`), ['request older'])
  const later: number[] = []
  for (const other of ['lodahs', 'expresss', 'raect', 'un-known']) later.push((await timed(parsePackageName(other)))[0])
  const { name } = await node.publish(smallPackage('own-tool'), 'ada')
  const [bound] = await timed(name)
  const began = performance.now()
  await node.marketplace.fetch({ spec: parsePackageSpec(name) }, never)
  const install = performance.now() - began
  const mean = later.reduce((sum, ms) => sum + ms, 0) / later.length
  context.diagnostic(
    `the first name that is not bound: ${first.toFixed(1)} ms, others ${mean.toFixed(1)} ms; ` +
      `a bound one ${bound.toFixed(1)} ms, its whole install ${install.toFixed(1)} ms`,
  )
})
