import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf, isGgenError, LIMITS } from '#core'
import { CATALOGUES, noRealPackages, realArchives, realCatalogue } from '#testing'
import { describePack, type PackFacts } from './describe-pack.ts'
import { packArchive } from './pack-archive.ts'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

const describeFiles = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<PackFacts> => {
  const entries = Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content)
    return { path, executable: false, sizeBytes: bytes.length, content: () => once(bytes) }
  })
  return await describePack(packArchive(entries))
}

const PACK = '[pack]\nname = "a-pack"\nversion = "1.0.0"\ndescription = "  One\\nand more\\n"\n'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** As the data folder has it; `_description_edited` where other words were put there. */
interface CatalogRecord extends Readonly<Record<string, string | number | boolean>> {
  readonly name: string
  readonly version: string
  readonly digest: string
}

const recordOf = (facts: PackFacts): Readonly<Record<string, string | number>> => ({
  description: facts.description,
  profile: facts.profile,
  manifest_sha256: facts.manifestSha256,
  ontology_files: facts.ontologyFiles,
  ontology_fingerprint_sha256: facts.ontologySha256,
  templates: facts.templates,
  native_gates: facts.nativeGates,
  verifier_gates: facts.verifierGates,
})

test('what a real archive says of itself is what the real catalogs say of it', { skip: noRealPackages }, async () => {
  const records = new Map<string, CatalogRecord>()
  for (const moment of CATALOGUES) {
    const { packs } = JSON.parse(await readFile(realCatalogue(moment), 'utf8')) as { packs: CatalogRecord[] }
    for (const record of packs) records.set(record.digest, record)
  }
  let compared = 0
  for (const path of await realArchives()) {
    const bytes = await readFile(path)
    const record = records.get(digestOf(bytes))
    assert.ok(record !== undefined, `a catalog names ${path}`)
    const { description, ...facts } = recordOf(await describePack(once(bytes)))
    for (const [field, value] of Object.entries(facts)) assert.equal(value, record[field], `${record.name}@${record.version}: ${field}`)
    if (record['_description_edited'] !== true) assert.equal(description, record['description'], `${record.name}@${record.version}: description`)
    compared += 1
  }
  assert.ok(compared > 100, `${compared} archives`)
})

test('ontologies lie at the root or under ontology/, templates and gates in their folders, and nothing hidden counts', async () => {
  const facts = await describeFiles({
    'pack.toml': PACK, 'a.ttl': 'a', 'ontology/deep/b.ttl': 'b', 'other/c.ttl': 'c', 'ontology/d.txt': 'd',
    'templates/x.tmpl': 'x', 'templates/deep/y.eex': 'y', 'templates/.hidden': 'h', 'templates/__pycache__/z.tmpl': 'z',
    'gates/010.rq': 'q', 'gates/check.py': 'p', 'gates/README.md': 'r', 'gates/.old.rq': 'o',
  })
  assert.deepEqual(recordOf(facts), {
    description: 'One\nand more', profile: 'projection', manifest_sha256: sha256(PACK),
    ontology_files: 2, ontology_fingerprint_sha256: facts.ontologySha256, templates: 2, native_gates: 1, verifier_gates: 1,
  })
  assert.equal((await describeFiles({ 'pack.toml': PACK, 'ggen.toml': '[project]\n', 'templates/x': '' })).profile, 'project')
  assert.equal((await describeFiles({ 'pack.toml': PACK })).profile, 'semantic')
})

test('the fingerprint is over the files in the order of their paths, with their lengths, in whatever order they lie in the archive', async () => {
  const framed = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)])
  const expected = createHash('sha256').update(Buffer.concat(['a.ttl', 'one', 'ontology/b.ttl', 'two'].map(framed))).digest('hex')
  const facts = await describeFiles({ 'ontology/b.ttl': 'two', 'pack.toml': PACK, 'a.ttl': 'one' })
  assert.equal(facts.ontologySha256, expected)
  assert.notEqual((await describeFiles({ 'pack.toml': PACK, 'a.ttl': 'onet', 'ontology/b.ttl': 'wo' })).ontologySha256, expected)
})

test('a package that is no pack is described by its own manifest', async () => {
  const manifest = JSON.stringify({ name: 'plain', version: '1.2.3', description: 'A library' })
  const facts = await describeFiles({ 'package.json': manifest, 'index.js': '' })
  assert.deepEqual(recordOf(facts), {
    description: 'A library', profile: 'semantic', manifest_sha256: sha256(manifest),
    ontology_files: 0, ontology_fingerprint_sha256: sha256(''), templates: 0, native_gates: 0, verifier_gates: 0,
  })
})

test('ontologies beyond the limit are refused before they are held', async () => {
  const large = Buffer.alloc(LIMITS.ontologyBytes / 4 + 1, 'ontology ')
  const files = Object.fromEntries([1, 2, 3, 4].map((number) => [`${number}.ttl`, large]))
  await assert.rejects(describeFiles({ 'pack.toml': PACK, ...files }), (error) => isGgenError(error, 'archive-too-large'))
})

test('whatever the bytes are, there are facts or a coded error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (bytes) => {
      await assert.rejects(describePack(once(bytes)), (error) => isGgenError(error))
    }),
    { numRuns: 50 },
  )
})
