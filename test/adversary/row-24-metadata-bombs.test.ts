import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { encode } from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describeArchive, packArchive, parseManifest } from '#archive'
import { isGgenError, LIMITS, parsePackageSpec, type ReleaseOp } from '#core'
import { pickRelease } from '#flow/resolve'
import { openOp, viewIdentity, viewPackage } from '#trust'
import { rounds, seeded } from '#testing'
import { signedWire } from '../../vectors/invalid-op.ts'
import { releaseBody, releaseWire, summaryWire, type Wire } from '../../vectors/wire.ts'
import { genesis, NAME, release } from '../../vectors/story.ts'

const RUNS = rounds(200, 20_000)
/** How much longer than ordinary input hostile input may take. */
const RATIO = 50
const MiB = 1024 * 1024

/** Milliseconds of each, sorted. */
const timed = (count: number, work: (index: number) => unknown): readonly number[] =>
  Array.from({ length: count }, (_, index) => {
    const began = performance.now()
    work(index)
    return performance.now() - began
  }).sort((a, b) => a - b)

const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0

/** Says how long both take, and compares what is usual: single outliers are the machine's. */
const compare = (t: TestContext, what: string, took: { readonly ordinary: readonly number[]; readonly hostile: readonly number[] }): void => {
  const [usual, hostile] = [at(took.ordinary, 0.5), at(took.hostile, 0.5)]
  const figures = [took.hostile, took.ordinary].map((sorted) => `${at(sorted, 0.5).toFixed(2)} ms, p99 ${at(sorted, 0.99).toFixed(2)} ms`)
  t.diagnostic(`${what}: median ${figures[0]}; of ordinary input ${figures[1]}`)
  assert.ok(hostile < RATIO * usual, `${hostile} ms for ${usual} ms`)
}

const refusal = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    assert.ok(isGgenError(error) && error.code !== 'internal', String(error))
    return error.code
  }
}

const sum = (changes: Wire): Uint8Array => signedWire(releaseWire({ b: releaseBody({ sum: summaryWire(changes) }) }), 3)
const body = (changes: Wire): Uint8Array => signedWire(releaseWire({ b: releaseBody(changes) }), 3)

/** Larger than whoever signs would make it, and nobody's. */
const unsigned = (changes: Wire): Uint8Array => encode([1, encode(releaseWire({ b: releaseBody(changes) })), []])

/** Every field of a release with its limit, as an op whose field has that size. */
const FIELDS: Readonly<Record<string, readonly [limit: number, make: (size: number, letter: string) => Uint8Array]>> = {
  title: [LIMITS.titleChars, (size, letter) => sum({ title: letter.repeat(size) })],
  description: [LIMITS.descriptionChars, (size, letter) => sum({ description: letter.repeat(size) })],
  'number of tags': [LIMITS.tags, (size, letter) => sum({ tags: Array.from({ length: size }, (_, index) => `${letter}${index}`) })],
  tag: [LIMITS.tagChars, (size, letter) => sum({ tags: [letter.repeat(size)] })],
  category: [LIMITS.categoryChars, (size, letter) => sum({ category: letter.repeat(size) })],
  license: [LIMITS.licenseChars, (size, letter) => sum({ license: letter.repeat(size) })],
  author: [LIMITS.authorChars, (size, letter) => sum({ author: letter.repeat(size) })],
  'size of the metadata': [LIMITS.metadataBytes, (size) => body({ meta: { ...(releaseBody()['meta'] as Wire), size } })],
  'number of dependencies': [2 ** 32 - 1, (size) => body({ deps: size })],
  'number of commands': [2 ** 32 - 1, (size) => body({ bins: size })],
}

describe('signed records', () => {
  test('hold what fits the limits, and nothing beyond them, whatever it is made of', (t) => {
    let [accepted, refused] = [0, 0]
    const anyField = fc.constantFrom(...Object.entries(FIELDS))
    fc.assert(fc.property(anyField, fc.constantFrom('a', 'é', '日', '🦀'), fc.integer({ min: -1, max: 3 }), ([name, [limit, make]], letter, beyond) => {
      const code = refusal(() => openOp(make(limit + beyond, letter)))
      assert.equal(code, beyond > 0 ? 'op-invalid' : undefined, `${name} of ${limit} + ${beyond}`)
      if (code === undefined) accepted += 1
      else refused += 1
    }), { numRuns: RUNS })
    t.diagnostic(`${accepted} records within the limits of ${Object.keys(FIELDS).length} fields were accepted, ${refused} beyond them refused`)
  })

  test('that are as large as can be, or larger, are judged about as quickly as ordinary ones', (t) => {
    const ordinary = body({})
    const keys = (count: number): Wire => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]))
    const bombs = [
      unsigned({ sum: summaryWire({ description: 'd'.repeat(10 * MiB) }) }),
      unsigned({ sum: summaryWire({ tags: Array.from({ length: 100_000 }, () => 'x') }) }),
      unsigned({ name: 'a.'.repeat(100_000) }), unsigned({ name: 'a.'.repeat(7000) }), unsigned({ version: `1.0.0-${'a.'.repeat(7000)}` }),
      unsigned({ sum: keys(100_000) }), unsigned({ sum: keys(1500) }), new Uint8Array(MiB).fill(0x81), new Uint8Array(LIMITS.opBytes).fill(0x81),
      sum({ description: '日'.repeat(LIMITS.descriptionChars), title: '🦀'.repeat(LIMITS.titleChars) }),
    ]
    const openBomb = (index: number): unknown => refusal(() => openOp(bombs[index % bombs.length] ?? ordinary))
    compare(t, 'opening a record', { ordinary: timed(RUNS, () => openOp(ordinary)), hostile: timed(RUNS, openBomb) })
  })
})

const manifest = (changes: object): string => JSON.stringify({ name: 'bomb', version: '1.0.0', ...changes })
const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, index) => [`dependency-${index}`, '^1']))
const ors = (count: number): string => Array.from({ length: count }, () => '1').join('||')

const described = async (files: Readonly<Record<string, string>>): Promise<Awaited<ReturnType<typeof describeArchive>>> => {
  const packed = packArchive(Object.entries(files).map(([path, text]) => ({
    path, executable: false, sizeBytes: Buffer.byteLength(text),
    content: async function* () { yield Buffer.from(text) },
  })))
  return await describeArchive(packed)
}

describe('manifests', () => {
  test('with too much in them are refused, and what people read is cut', async (t) => {
    const refused: readonly (readonly [string, string])[] = [
      ['100,000 dependencies', manifest({ dependencies: many(100_000) })], ['a range of 20,000 alternatives', manifest({ dependencies: { a: ors(20_000) } })],
      [`a range of ${LIMITS.rangeChars + 1} characters`, manifest({ dependencies: { a: `${'1'.padEnd(LIMITS.rangeChars)}1` } })],
      ['dependencies that fit the file but not the metadata', manifest({ dependencies: many(4000) })],
      ['nested objects', `{"name":"bomb","version":"1.0.0","x":${'['.repeat(300_000)}`], ['2 MiB', manifest({ description: 'd'.repeat(2 * MiB) })],
    ]
    for (const [what, text] of refused) {
      await assert.rejects(described({ 'package.json': text }), (error) => isGgenError(error, 'manifest-invalid'), what)
    }
    const noise = Buffer.from(seeded('readme').bytes(5 * MiB)).toString('hex')
    const large = manifest({ description: 'd'.repeat(MiB - 20_000), dependencies: many(500) })
    const { summary, metadata } = await described({ 'package.json': large, 'README.md': noise })
    assert.equal(summary.description.length, LIMITS.descriptionChars)
    assert.ok(metadata.length <= LIMITS.metadataBytes)
    t.diagnostic(`${refused.length} bombs refused as manifest-invalid; a README of 10 MiB and a description of 1 MiB give ${metadata.length} bytes of metadata`)
  })

  test('at the limit of a range are read about as quickly as ordinary ones', (t) => {
    const longest = [
      ors(LIMITS.rangeChars / 3), '>'.repeat(LIMITS.rangeChars), `1${'.x'.repeat(100)}`, `${'1 - 2 || '.repeat(25)}3`, '^0.0.0-'.repeat(36), ' '.repeat(250),
    ]
    const read = (range: string): unknown => refusal(() => parseManifest('package.json', manifest({ dependencies: { a: range } })))
    const took = { ordinary: timed(RUNS, () => read('^1.2.3')), hostile: timed(RUNS, (index) => read(longest[index % longest.length] ?? '')) }
    compare(t, `reading a range of ${LIMITS.rangeChars} characters`, took)
  })
})

test('a range that somebody asks for is bounded before it is read, and quick among many versions', (t) => {
  assert.equal(refusal(() => parsePackageSpec(`tool@${ors(20_000)}`)), 'name-invalid')
  assert.equal(refusal(() => parsePackageSpec(`tool@${'1'.repeat(LIMITS.rangeChars + 1)}`)), 'range-invalid')
  const g = genesis()
  const releases: ReleaseOp[] = []
  for (let minor = 0; minor < 200; minor += 1) {
    const prev = releases.at(-1)
    releases.push(release({ roles: g, key: 4, ...(prev !== undefined && { prev }) }, `1.${minor}.0`, 'x'))
  }
  const identity = viewIdentity(g.identity, [g])
  assert.ok(identity)
  const view = viewPackage(identity, NAME, releases)
  assert.equal(refusal(() => pickRelease(view, ors(20_000))), 'range-invalid')
  const took = { ordinary: timed(RUNS, () => pickRelease(view, '^1.2.3')), hostile: timed(RUNS, () => pickRelease(view, ors(LIMITS.rangeChars / 3))) }
  compare(t, `choosing among ${releases.length} versions by a range of ${LIMITS.rangeChars} characters`, took)
})
