import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { type ForeignPackage, readIndex } from '#foreign'
import { CATALOGUES, ggen, noRealPackages, realArchives, realCatalogue, startGgen, temporaryFolder, until } from '#testing'

type Pack = Readonly<Record<string, unknown>> & { readonly name: string; readonly digest: string }

/** To publish every archive that the data has takes minutes: by default some of the newest catalogue are. */
const IS_LONG = process.env['GGEN_LONG'] === '1'
const EVERY = IS_LONG ? 1 : 16
const MOMENTS = IS_LONG ? CATALOGUES : CATALOGUES.slice(-1)

const without = (value: object, ...keys: readonly string[]): object => Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

/** Where a catalogue says that its archives are is its own affair, and so is what was taken out of texts before they came here. */
const comparable = (pack: Pack): object =>
  without(pack, 'download_url', '_description_edited', ...(pack['_description_edited'] === true ? ['description'] : []))

const comparableRead = (pack: ForeignPackage, isEdited: boolean): object => ({
  ...without(pack, ...(isEdited ? ['description'] : [])),
  versions: pack.versions.map((version) => without(version, 'address')),
})

for (const moment of MOMENTS) {
  const claim = `the real catalogue ${moment} is imported, served by a registry of ours, and read back with the same fields and digests`
  test(claim, { skip: noRealPackages }, async () => {
    await using work = await temporaryFolder()
    const home = join(work.path, 'home')
    const brought = join(work.path, 'brought')
    await mkdir(join(brought, 'archives'), { recursive: true })
    await copyFile(realCatalogue(moment), join(brought, 'index.json'))
    const theirs = JSON.parse(await readFile(join(brought, 'index.json'), 'utf8')) as { readonly packs: readonly Pack[] } & Pack
    const archives = await realArchives()
    const pathOf = ({ digest }: Pack): string | undefined => archives.find((path) => path.includes(`--${digest.slice(7, 19)}.`))
    const held = theirs.packs.filter((pack) => pathOf(pack) !== undefined).filter((_, place) => place % EVERY === 0)
    for (const path of held.map((pack) => pathOf(pack) ?? assert.fail())) await symlink(path, join(brought, 'archives', basename(path)))
    const server = startGgen(home, 'registry', 'serve', '--listen', '127.0.0.1:0', '--no-network', '--json')
    try {
      await until('it is ready', async () => server.stdout().includes('\n'))
      const { url } = JSON.parse(server.stdout().split('\n')[0] ?? '') as { readonly url: string }
      const imported = await ggen(home, 'import', brought, '--no-passphrase', '--json', ...held.flatMap(({ name }) => ['--only', name]))
      assert.equal(imported.json<{ imported: unknown[] }>().imported.length, held.length, imported.stdout)
      const read = async (): Promise<Buffer> => Buffer.from(await (await fetch(`${url}/index.json`)).arrayBuffer())
      await until('all of it is listed', async () => (JSON.parse((await read()).toString()) as { packs: unknown[] }).packs.length === held.length)

      const bytes = await read()
      const ours = JSON.parse(bytes.toString()) as { readonly packs: readonly Pack[]; readonly schema: string }
      assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort())
      assert.equal(ours.schema, theirs['schema'])
      const edited = new Set(held.filter((pack) => pack['_description_edited'] === true).map(({ name }) => name))
      const asTheirs = (pack: Pack): object => comparable({ ...pack, ...(edited.has(pack.name) && { _description_edited: true }) })
      assert.deepEqual(ours.packs.map(asTheirs), held.map(comparable).toSorted((a, b) => ((a as Pack).name < (b as Pack).name ? -1 : 1)))
      for (const pack of ours.packs) assert.deepEqual(Object.keys(pack), Object.keys(held[0] ?? {}).filter((key) => !key.startsWith('_')))

      const back = readIndex(bytes, new URL(`${url}/index.json`))
      const original = readIndex(Buffer.from(JSON.stringify({ ...theirs, packs: held })), new URL('https://packs.example/index.json'))
      const [served, listed] = [back, original].map(({ packages }) => packages.map((one) => comparableRead(one, edited.has(one.name))))
      assert.deepEqual(served, listed)
      const [first] = held
      const again = await ggen(join(work.path, 'other'), 'import', `${url}/index.json`, '--dry-run', '--json')
      assert.equal(again.json<{ imported: { digest: string }[] }>().imported.some(({ digest }) => digest === first?.digest), true)
    } finally {
      server.interrupt()
      await server.ended
    }
  })
}
