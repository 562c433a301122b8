import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { digestOf, isGgenError, parsePackageSpec } from '#core'
import { foreignArchive, FOREIGN_SHAPES, type ForeignManifest, type ForeignPack } from '#testing'
import { going, openForeignScene, wants } from './foreign-scene.conformance.ts'
import type { InstallPlan, LockedRelease } from './install-plan.ts'

const pack = async (name: string, version: string, more?: ForeignManifest): Promise<ForeignPack> => [name, version, await foreignArchive(name, version, more)]

const shown = ({ packages }: InstallPlan): string[] =>
  packages.map(({ name, version, source }) => `${name}@${version}${source === undefined ? '' : ' of an index'}`)

const lockOf = ({ packages }: InstallPlan): readonly LockedRelease[] =>
  packages.map(({ name, version, identity, source, digest, sha512, sizeBytes, dependencies }) => {
    if (identity !== undefined) return { name, version, identity, digest }
    return { name, version, source, digest, sha512, sizeBytes, dependencies: dependencies.map((need) => ({ name: need.name, range: need.range })) }
  })

const signed = (name: string, dependencies: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  ({ 'package.json': JSON.stringify({ name, version: '1.5.0', description: `signed ${name}`, dependencies }) })

describe('An index of somebody else as the central registry', () => {
  for (const shape of Object.keys(FOREIGN_SHAPES) as (keyof typeof FOREIGN_SHAPES)[]) {
    for (const way of ['http', 'folder'] as const) {
      test(`is searched, shown, planned with and fetched from: ${shape}, ${way}`, async (context) => {
        const packs = [
          await pack('base', '1.4.0'), await pack('base', '2.0.0'), await pack('web', '1.0.0', { needs: { base: '^1' } }),
          await pack('cli', '1.0.0', { needs: { base: '*', web: '^1' } }),
        ]
        const { user: { marketplace, blobs }, bring, source } = await openForeignScene(context, { way, isLinked: false })
        // A list has room for one version of each.
        await bring(shape === 'marketplace' ? packs.filter(([name, version]) => name !== 'base' || version === '1.4.0') : packs, shape)
        const { results, total } = await marketplace.search({ words: ['pack', 'web'] }, going())
        assert.deepEqual([total, results.map((hit) => [hit.name, hit.source, hit.identity])], [1, [['web', source, undefined]]])
        const info = await marketplace.info(parsePackageSpec('base@^1'), going())
        assert.deepEqual([info.source, info.version, info.digest, info.standing], [source, '1.4.0', digestOf(packs[0]?.[2] ?? assert.fail()), 'live'])
        const plan = await marketplace.plan(wants('cli'), going())
        assert.deepEqual(shown(plan), ['base@1.4.0 of an index', 'cli@1.0.0 of an index', 'web@1.0.0 of an index'])
        assert.deepEqual(plan.packages.map(({ digest, source: of }) => [digest, of]).slice(0, 1), [[digestOf(packs[0]?.[2] ?? assert.fail()), source]])
        for (const { name, version, digest, sizeBytes } of plan.packages) {
          const fetched = await marketplace.fetch({ spec: parsePackageSpec(`${name}@${version}`), vouched: { source, digest, sizeBytes } }, going())
          assert.deepEqual([fetched.digest, fetched.source, await blobs.size(digest)], [digest, source, sizeBytes])
        }
        assert.equal((await marketplace.fetch({ spec: parsePackageSpec('web') }, going())).source, source)
      })
    }
  }

  test('needs nobody for what is locked, and gives what is newer where that is asked for', async (context) => {
    const { user: { marketplace }, bring } = await openForeignScene(context, {
      isLinked: false, packs: [await pack('base', '1.0.0'), await pack('web', '1.0.0', { needs: { base: '^1' } })],
    })
    const locked = lockOf(await marketplace.plan(wants('web'), going()))
    await bring([await pack('base', '1.0.0'), await pack('base', '1.1.0'), await pack('web', '1.0.0', { needs: { base: '^1' } })])
    const kept = await marketplace.plan({ ...wants('web'), locked }, going())
    assert.deepEqual([shown(kept), kept.packages.map(({ isLocked }) => isLocked)], [['base@1.0.0 of an index', 'web@1.0.0 of an index'], [true, true]])
    assert.deepEqual(shown(await marketplace.plan({ ...wants('web'), locked, update: 'all' }, going())), ['base@1.1.0 of an index', 'web@1.0.0 of an index'])
    const offline = await marketplace.plan({ ...wants('web'), locked, offline: true }, going())
    assert.deepEqual(shown(offline), ['base@1.0.0 of an index', 'web@1.0.0 of an index'])
    const elsewhere = locked.map((one) => ({ ...one, source: 'https://other.example/' }) as LockedRelease)
    assert.equal((await marketplace.plan({ ...wants('web'), locked: elsewhere }, going())).packages[0]?.source, 'https://other.example/')
    await assert.rejects(marketplace.plan({ ...wants('web'), locked: elsewhere, update: 'all' }, going()), { code: 'identity-changed' })
  })

  test('may need what only the network has, and the other way round; each name has one source, in the configured order', async (context) => {
    for (const [order, ofBoth] of [['central-first', 'both@1.0.0 of an index'], ['p2p-first', 'both@1.5.0']] as const) {
      const { author, user: { marketplace, trust } } = await openForeignScene(context, {
        order, packs: [await pack('listed', '1.0.0', { needs: { 'signed-base': '^1' } }), await pack('listed-base', '1.0.0'), await pack('both', '1.0.0')],
      })
      await author.publish(signed('signed-base'))
      await author.publish(signed('signed', { 'listed-base': '*' }))
      const { identity, name } = await author.publish(signed('both'))
      const plan = await marketplace.plan(wants('listed', 'signed', 'both'), going())
      assert.deepEqual(shown(plan), [ofBoth, 'listed@1.0.0 of an index', 'listed-base@1.0.0 of an index', 'signed@1.5.0', 'signed-base@1.5.0'])
      assert.deepEqual(shown(await marketplace.plan(wants(`@${identity}/both`), going())), ['both@1.5.0'], 'who names a publisher means him')
      await assert.rejects(marketplace.plan({ ...wants('listed'), registries: 'p2p' }, going()), (error) => isGgenError(error, 'package-not-found'))
      trust.putPin({ name, identity, since: 1, how: 'chosen' })
      assert.deepEqual(shown(await marketplace.plan(wants('both'), going())), ['both@1.5.0'], 'a name that is bound stays with its publisher')
    }
  })

  test('hears of no private name, and its packages are not taken for one', async (context) => {
    const { user: { marketplace }, server } = await openForeignScene(context, {
      isPrivateName: (name) => name === 'secret', packs: [await pack('secret', '1.0.0')],
    })
    await assert.rejects(marketplace.fetch({ spec: parsePackageSpec('secret') }, going()), (error) => isGgenError(error, 'package-not-found'))
    assert.equal((await marketplace.search({ words: ['secret'] }, going())).total, 0)
    assert.deepEqual(server.asked.filter((path) => path.includes('secret')), [])
  })

  test('is what it was while it does not answer, and its archives come from peers who have them', async (context) => {
    const kept = await pack('kept', '1.0.0')
    const { user, author, server, source } = await openForeignScene(context, { packs: [kept, await pack('other', '1.0.0')] })
    await user.marketplace.search({ words: ['kept'] }, going())
    server.status = 503
    const found = await user.marketplace.search({ words: ['kept'] }, going())
    assert.deepEqual([found.total, found.stale?.source, found.partial], [1, source, true])
    await assert.rejects(user.marketplace.fetch({ spec: parsePackageSpec('other') }, going()), (error) => isGgenError(error, 'peer-unreachable'))
    const writer = await author.blobs.create()
    await writer.append(kept[2])
    await writer.seal(digestOf(kept[2]))
    const { sources } = await user.marketplace.fetch({ spec: parsePackageSpec('kept') }, going())
    assert.deepEqual(sources.map(({ peer }) => peer), [author.network.self])
  })

  test('is told of when it changes the bytes of a version, which is not taken', async (context) => {
    const { user: { marketplace }, bring } = await openForeignScene(context, { isLinked: false, packs: [await pack('tool', '1.0.0')] })
    const locked = lockOf(await marketplace.plan(wants('tool'), going()))
    await bring([await pack('tool', '1.0.0', { license: 'MIT' })])
    await assert.rejects(marketplace.plan(wants('tool'), going()), (error) => isGgenError(error, 'disputed') && error.details['name'] === 'tool')
    await assert.rejects(marketplace.fetch({ spec: parsePackageSpec('tool') }, going()), (error) => isGgenError(error, 'disputed'))
    assert.equal((await marketplace.info(parsePackageSpec('tool'), going())).standing, 'disputed')
    assert.equal((await marketplace.plan({ ...wants('tool'), locked, update: 'all' }, going())).packages[0]?.digest, locked[0]?.digest)
    const named = { ...wants('tool'), locked, update: [parsePackageSpec('tool').name] }
    await assert.rejects(marketplace.plan(named, going()), (error) => isGgenError(error, 'disputed'))
  })

  test('gives nothing that is not what it names, and nothing for which it does not vouch', async (context) => {
    const { user: { marketplace, blobs }, folder } = await openForeignScene(context, {
      isLinked: false,
      packs: [
        await pack('wrong', '1.0.0'), ['liar', '1.0.0', await foreignArchive('somebody-else', '1.0.0')], await pack('needs', '1.0.0', { needs: { bare: '*' } }),
      ],
    })
    await writeFile(join(folder, 'wrong-1.0.0.tar.gz'), await foreignArchive('wrong', '1.0.0', { license: 'MIT' }))
    for (const name of ['wrong', 'liar']) {
      await assert.rejects(marketplace.plan(wants(name), going()), (error) => isGgenError(error, 'integrity'), name)
      await assert.rejects(marketplace.fetch({ spec: parsePackageSpec(name) }, going()), (error) => isGgenError(error, 'integrity'), name)
    }
    assert.equal(await blobs.size(digestOf(await foreignArchive('wrong', '1.0.0'))), undefined)
    await assert.rejects(marketplace.plan(wants('needs'), going()), (error) => isGgenError(error, 'package-not-found') && error.message.includes('needs'))
  })

  test('is no index where it once was a registry of ggen, and none where it is in trouble', async (context) => {
    const { user: { marketplace }, folder, kinds, server } = await openForeignScene(context, { isLinked: false, packs: [await pack('tool', '1.0.0')] })
    await mkdir(join(folder, 'v1'))
    await writeFile(join(folder, 'v1', 'health'), JSON.stringify({ status: 'ready', ops: 0, fingerprint: '00' }))
    await assert.rejects(marketplace.fetch({ spec: parsePackageSpec('tool') }, going()))
    assert.deepEqual(kinds, ['ours'])
    await rm(join(folder, 'v1'), { recursive: true })
    await assert.rejects(marketplace.fetch({ spec: parsePackageSpec('tool') }, going()))
    assert.equal((await marketplace.search({ words: ['tool'] }, going())).total, 0)
    assert.ok(!server.asked.includes('/index.json'), 'its index was never asked for')
  })
})
