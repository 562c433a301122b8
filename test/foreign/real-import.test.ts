import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { CATALOGUES, ggen, noRealPackages, realArchives, realCatalogue, startNode, temporaryFolder } from '#testing'

interface Reply {
  readonly imported: readonly { readonly name: string; readonly version: string; readonly digest: string }[]
  readonly disputes: readonly Dispute[]
  readonly left: readonly { readonly label: string; readonly code: string }[]
}

interface Dispute {
  readonly name: string
  readonly version: string
  readonly first: string
  readonly later: string
  readonly isNew: boolean
  readonly isHeld: boolean
}

interface Pack { readonly name: string; readonly version: string; readonly digest: string }

type Moment = (typeof CATALOGUES)[number]

const packsOf = async (moment: Moment): Promise<readonly Pack[]> => (JSON.parse(await readFile(realCatalogue(moment), 'utf8')) as { packs: Pack[] }).packs

/** Versions whose digest is another one in the later catalogue. */
const silentChanges = async (before: Moment, after: Moment): Promise<string[]> => {
  const digests = new Map((await packsOf(before)).map(({ name, version, digest }) => [`${name}@${version}`, digest]))
  const changed = (await packsOf(after)).filter(({ name, version, digest }) => (digests.get(`${name}@${version}`) ?? digest) !== digest)
  return changed.map(({ name, version, digest }) => `${name}@${version} ${digest}`).sort()
}

/** Every archive that the data has takes a minute to publish: by default only those of the packages that were changed lie beside the index. */
const IS_LONG = process.env['GGEN_LONG'] === '1'

const bringArchives = async (folder: string, changed: ReadonlySet<string>): Promise<ReadonlySet<string>> => {
  await mkdir(folder, { recursive: true })
  const paths = (await realArchives()).filter((path) => IS_LONG || changed.has(basename(path).replace(/-\d+\.\d+\.\d+[^-]*--[0-9a-f]{12}\.tar\.gz$/, '')))
  for (const path of paths) await symlink(path, join(folder, basename(path)))
  return new Set(paths.map((path) => basename(path).slice(-'0123456789ab.tar.gz'.length, -'.tar.gz'.length)))
}

const CLAIM = 'the real marketplace is mirrored at three moments: what is at hand is published, and the 16 versions that it changed silently are disputes'

test(CLAIM, { skip: noRealPackages }, async () => {
  await using work = await temporaryFolder()
  await using a = await startNode({ home: join(work.path, 'a') })
  const expected = [[], await silentChanges('v26.8.9', 'v26.8.10'), await silentChanges('v26.8.10', 'main-3cc10e50')]
  assert.deepEqual(expected.map(({ length }) => length), [0, 4, 12])
  const folder = join(work.path, 'brought')
  const here = await bringArchives(join(folder, 'archives'), new Set(expected.flat().map((text) => text.split('@')[0] ?? '')))
  const first = new Map<string, string>()
  let disputes = 0
  for (const [step, moment] of CATALOGUES.entries()) {
    await copyFile(realCatalogue(moment), join(folder, 'index.json'))
    const done = await ggen(a.home, 'import', folder, '--no-passphrase', '--json')
    const reply = done.json<Reply>()
    const packs = await packsOf(moment)
    const fresh = packs.filter(({ name, version }) => !first.has(`${name}@${version}`))
    for (const { name, version, digest } of fresh) first.set(`${name}@${version}`, digest)
    const isHere = ({ digest }: Pack): boolean => here.has(digest.slice(7, 19))
    assert.deepEqual(reply.imported.map(specOf), fresh.filter(isHere).map(specOf).sort(), 'everything that is at hand, and nothing else')
    const unchanged = packs.filter(({ name, version, digest }) => first.get(`${name}@${version}`) === digest)
    const absent = unchanged.filter((pack) => !isHere(pack)).map((pack) => `${specOf(pack)} blob-not-found`)
    assert.deepEqual(reply.left.map(({ label, code }) => `${label} ${code}`), absent.sort(), 'and what is not is named')
    const changed = reply.disputes.filter(({ isNew }) => isNew).map(({ name, version, later }) => `${name}@${version} ${later}`)
    assert.deepEqual(changed.sort(), expected[step])
    disputes += changed.length
    assert.equal(reply.disputes.length, disputes, 'those of earlier imports are shown again')
    assert.equal(done.code, step === 0 ? 3 : 7)
  }
  const again = (await ggen(a.home, 'import', folder, '--no-passphrase', '--json')).json<Reply>()
  assert.deepEqual([again.imported.length, again.disputes.filter(({ isNew }) => isNew).length, again.disputes.length], [0, 0, 16])
  const held = again.disputes.find(({ isHeld }) => isHeld) ?? assert.fail('no version that was changed had been published')
  interface Described { readonly digest: string; readonly standing: string; readonly why: string; readonly mirror: { readonly of: string } }
  const info = (await ggen(a.home, 'info', `${held.name}@${held.version}`, '--json')).json<Described>()
  assert.deepEqual([info.digest, info.standing, info.mirror], [held.first, 'deprecated', { of: 'folder:brought' }])
  assert.match(info.why, new RegExp(held.later))
})

const specOf = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name}@${version}`
