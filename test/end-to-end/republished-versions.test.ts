import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { ggen, inTurns, noRealPackages, realArchives, republishedVersions, rounds, startNode, temporaryFolder, until, writeTree } from '#testing'

interface Failure { error: { code: string; hint: string } }

/** Two different archives for one real version: the real ones where both are at hand, otherwise two made for it. */
const makePairs = async (folder: string): Promise<{ spec: string; name: string; paths: readonly [string, string] }[]> => {
  const archives = await realArchives()
  const pairs = (await republishedVersions()).filter((_, index) => index % 41 < VERSIONS)
  return Promise.all(
    pairs.map(async ({ name, version }) => {
      const [first, second] = archives.filter((path) => basename(path).startsWith(`${name}-${version}--`))
      const made = (content: string): Promise<string> =>
        writeTree(join(folder, content, `${name}-${version}`), {
          'pack.toml': `[pack]\nname = "${name}"\nversion = "${version}"\ndescription = "made for this test"\n`,
          'ontology.ttl': `# ${content}\n`,
        })
      const paths = first !== undefined && second !== undefined ? ([first, second] as const) : ([await made('first'), await made('second')] as const)
      return { spec: `${name}@${version}`, name, paths }
    }),
  )
}

/** Of them all. */
const VERSIONS = rounds(12, 41)
const CLAIM = `${VERSIONS} real versions with two contents: the second publish is a conflict, from the network it is a dispute that nobody installs`

test(CLAIM, { skip: noRealPackages }, async () => {
  await using work = await temporaryFolder()
  const [homeA, homeB] = [join(work.path, 'a'), join(work.path, 'b')]
  await using a = await startNode({ home: homeA })
  const pairs = await makePairs(work.path)
  assert.equal(pairs.length, VERSIONS)
  await inTurns(pairs, 2, async ({ spec, paths: [first, second] }) => {
    const accepted = await ggen(homeA, 'publish', '--no-passphrase', first, '--json')
    assert.equal(accepted.code, 0, `${spec}: ${accepted.stdout}${accepted.stderr}`)
    assert.equal((await ggen(homeA, 'publish', '--no-passphrase', first, '--json')).code, 0, 'the very same bytes again are no conflict')
    const refused = await ggen(homeA, 'publish', '--no-passphrase', second, '--json')
    assert.equal(refused.json<Failure>().error.code, 'conflict', spec)
    assert.equal(refused.code, 7, spec)
    assert.notEqual(refused.json<Failure>().error.hint, '')
  })

  // The same publisher on another machine that knows nothing of the first: the keys were copied.
  await cp(join(homeA, 'keys'), join(homeB, 'keys'), { recursive: true, filter: (path) => !basename(path).startsWith('peer') })
  await using b = await startNode({ home: homeB })
  await inTurns(pairs, 2, async ({ spec, paths: [, second] }) => {
    assert.equal((await ggen(homeB, 'publish', '--no-passphrase', second, '--json')).code, 0, spec)
  })

  await using c = await startNode({ home: join(work.path, 'c'), bootstrap: [...a.addresses, ...b.addresses] })
  const releases = async (home: string): Promise<number> => (await ggen(home, 'p2p', 'status', '--json')).json<{ releases: number }>().releases
  await until('the third node holds both claims to every version', async () => (await releases(c.home)) === 2 * pairs.length)
  await inTurns(pairs, 2, async ({ spec, name }) => {
    for (const asked of [spec, name]) {
      const refused = await ggen(c.home, 'install', asked, '--dir', join(work.path, 'project'), '--json')
      assert.equal(refused.json<Failure>().error.code, 'disputed', `${asked}: ${refused.stdout}`)
      assert.equal(refused.code, 7, asked)
    }
  })
})
