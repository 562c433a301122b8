import assert from 'node:assert/strict'
import { it } from 'node:test'
import { packArchive } from '#archive'
import { isGgenError, parsePackageName, parseVersion } from '#core'
import { archiveNeeds } from './archive-needs.ts'

const never = new AbortController().signal
const MANIFEST = '[package]\nname = "a"\nversion = "1.0.0"\ndescription = "x"\n[dependencies]\nb = "^1"\n'
const archive = (): AsyncIterable<Uint8Array> => packArchive([{
  path: 'ggen.toml', executable: false, sizeBytes: Buffer.byteLength(MANIFEST), content: async function* () { yield Buffer.from(MANIFEST) },
}])

it('reads what an archive needs, and refuses one that is another package than the index says', async () => {
  const [name, version] = [parsePackageName('a'), parseVersion('1.0.0')]
  assert.deepEqual(await archiveNeeds(archive(), { name, version }, never), [{ name: 'b', range: '^1', kind: 'needed' }])
  for (const other of [{ name: parsePackageName('b'), version }, { name, version: parseVersion('1.0.1') }]) {
    await assert.rejects(archiveNeeds(archive(), other, never), (error) => isGgenError(error, 'integrity'))
  }
})
