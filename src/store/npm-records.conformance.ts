import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { digestOf, isGgenError, type ServedTarball, type Sha512 } from '#core'
import type { DocumentHead, DocumentKey, NewTarball, NpmRecords, NpmRoom } from './npm-records.ts'

const SOURCE = 'https://registry.example/'
const SMALL: NpmRoom = { documentsQuotaBytes: 100, knownDocuments: 3, knownTarballs: 3, seenReleases: 3, knownSources: 2, served: 3 }

const tarball = (label: number, changes: Partial<NewTarball> = {}): NewTarball => ({
  digest: digestOf(Buffer.of(label)), sizeBytes: label, isPrivate: false, sha512: label.toString(16).padStart(128, '0') as Sha512,
  sha1: label.toString(16).padStart(40, '0'), ...changes,
})

const release = (version: string) => ({ source: SOURCE, name: 'tool', version })

const keyOf = (name: string, kind: DocumentKey['kind'] = 'full'): DocumentKey => ({ source: SOURCE, name, kind })

const headOf = (etag: string, changes: Partial<DocumentHead> = {}): DocumentHead =>
  ({ etag, checkedAt: 1000, freshMs: 300, isPrivate: false, isSigned: true, ...changes })

const filled = (sizeBytes: number, value = 1): Uint8Array => new Uint8Array(sizeBytes).fill(value)

const put = (records: NpmRecords, name: string, sizeBytes: number): void =>
  records.putDocument(keyOf(name), headOf(name), new Map([['json', filled(sizeBytes)]]))

/** Whether each is held; asking is no use of them. */
const held = (records: NpmRecords, names: string): boolean[] => [...names].map((name) => records.form(keyOf(name), 'json') !== undefined)

const served = (at: number, changes: Partial<ServedTarball> = {}): ServedTarball =>
  ({ at, name: 'tool', version: '1.0.0', from: 'disk', bytes: 20, firstByteMs: 1, durationMs: 2, client: 'npm', ...changes })

type Open = (context: TestContext, room?: NpmRoom) => NpmRecords

/** What every keeper of what is known of npm registries must do. `open` gives an empty one and clears up after the test. */
export const npmRecordsConformance = (name: string, open: Open): void => {
  suite(`${name} keeps what is known of npm registries`, () => {
    tarballTests(open)
    documentTests(open)
    roomTests(open)
    noteTests(open)
  })
}

const tarballTests = (open: Open): void => {
  test('bytes are found by each of their hashes and by their release', (context) => {
    using records = open(context)
    const one = tarball(1)
    records.noteTarball(one, release('1.0.0'))
    assert.deepEqual(records.tarball(one.sha512), { digest: one.digest, sizeBytes: 1, isPrivate: false })
    assert.equal(records.sha512Of(one.sha1), one.sha512)
    assert.deepEqual(records.release(SOURCE, 'tool', '1.0.0'), { sha512: one.sha512 })
    const other = tarball(2)
    assert.deepEqual([records.tarball(other.sha512), records.sha512Of(other.sha1), records.release(SOURCE, 'tool', '2.0.0')], [undefined, undefined, undefined])
    assert.equal(records.release('https://other.example/', 'tool', '1.0.0'), undefined)
  })

  test('two SHA-512 with the same SHA-1 are not found by it', (context) => {
    using records = open(context)
    records.noteTarball(tarball(1))
    records.noteTarball(tarball(2, { sha1: tarball(1).sha1 }))
    assert.equal(records.sha512Of(tarball(1).sha1), undefined)
  })

  test('what is known of bytes stays, and a release noted again is the newer bytes', (context) => {
    using records = open(context)
    records.noteTarball(tarball(1), release('1.0.0'))
    records.noteTarball(tarball(1, { digest: digestOf(Buffer.from('other')), sizeBytes: 99 }))
    assert.deepEqual(records.tarball(tarball(1).sha512), { digest: tarball(1).digest, sizeBytes: 1, isPrivate: false })
    records.noteTarball(tarball(2), release('1.0.0'))
    assert.deepEqual(records.release(SOURCE, 'tool', '1.0.0'), { sha512: tarball(2).sha512 })
  })

  test('a blob is private until anything known of it is not', (context) => {
    using records = open(context)
    const { digest } = tarball(1)
    assert.equal(records.isPrivate(digest), false)
    records.noteTarball(tarball(1, { isPrivate: true }))
    records.noteTarball(tarball(2, { isPrivate: true, digest }))
    assert.equal(records.isPrivate(digest), true)
    records.noteTarball(tarball(1), release('1.0.0'))
    assert.deepEqual([records.isPrivate(digest), records.tarball(tarball(1).sha512)?.isPrivate], [false, false])
    records.noteTarball(tarball(1, { isPrivate: true }))
    assert.equal(records.isPrivate(digest), false)
  })
}

const documentTests = (open: Open): void => {
  test('a document comes back as it was put, each kind by itself, and each form', (context) => {
    using records = open(context)
    const whole = headOf('a', { upstreamEtag: 'b', lastModified: 'c', modifiedAt: 7, isPrivate: true, isSigned: false })
    const bytes = filled(3)
    records.putDocument(keyOf('tool'), whole, new Map([['json', bytes], ['gzip', filled(2, 9)]]))
    records.putDocument(keyOf('tool', 'abbreviated'), headOf('d'), new Map())
    bytes.fill(5)
    records.form(keyOf('tool'), 'json')?.fill(6)
    assert.deepEqual([records.document(keyOf('tool')), records.document(keyOf('tool', 'abbreviated'))], [whole, headOf('d')])
    assert.deepEqual(records.form(keyOf('tool'), 'json')?.toString(), '1,1,1')
    assert.deepEqual([records.form(keyOf('tool'), 'br'), records.form(keyOf('tool', 'abbreviated'), 'json')], [undefined, undefined])
    assert.deepEqual([records.document(keyOf('other')), records.form(keyOf('other'), 'json')], [undefined, undefined])
    assert.deepEqual(records.usage(), { documents: 2, bytes: 5 })
  })

  test('a document put again takes the place of all forms, and a dropped one is gone', (context) => {
    using records = open(context)
    records.putDocument(keyOf('tool'), headOf('a'), new Map([['json', filled(3)], ['gzip', filled(2)]]))
    records.putDocument(keyOf('tool'), headOf('b'), new Map([['json', filled(4)]]))
    assert.deepEqual([records.form(keyOf('tool'), 'json')?.length, records.form(keyOf('tool'), 'gzip')], [4, undefined])
    assert.deepEqual(records.usage(), { documents: 1, bytes: 4 })
    records.dropDocument(keyOf('tool'))
    records.dropDocument(keyOf('tool'))
    assert.deepEqual([records.document(keyOf('tool')), records.form(keyOf('tool'), 'json')], [undefined, undefined])
    assert.deepEqual(records.usage(), { documents: 0, bytes: 0 })
  })

  test('a form is added to the document that it belongs to, and replaced', (context) => {
    using records = open(context)
    put(records, 'a', 3)
    records.putForm(keyOf('a'), headOf('a'), { name: 'gzip', bytes: filled(2) })
    records.putForm(keyOf('a'), headOf('a'), { name: 'gzip', bytes: filled(5) })
    records.putForm(keyOf('a'), headOf('older'), { name: 'br', bytes: filled(5) })
    records.putForm(keyOf('b'), headOf('b'), { name: 'br', bytes: filled(5) })
    assert.deepEqual(['json', 'gzip', 'br'].map((form) => records.form(keyOf('a'), form)?.length), [3, 5, undefined])
    assert.deepEqual(records.usage(), { documents: 1, bytes: 8 })
  })

  test('a renewed document has a new head and the same forms, unless it is another by now', (context) => {
    using records = open(context)
    put(records, 'a', 3)
    const renewed = headOf('a', { checkedAt: 2000 })
    records.renewDocument(keyOf('a'), renewed)
    records.renewDocument(keyOf('a'), headOf('older', { checkedAt: 3000 }))
    records.renewDocument(keyOf('b'), headOf('b'))
    assert.deepEqual([records.document(keyOf('a')), records.document(keyOf('b'))], [renewed, undefined])
    assert.equal(records.form(keyOf('a'), 'json')?.length, 3)
  })
}

const roomTests = (open: Open): void => {
  test('documents used longest ago go where there is no room', (context) => {
    using records = open(context, SMALL)
    for (const name of 'abc') put(records, name, 30)
    records.document(keyOf('a'))
    put(records, 'd', 10)
    assert.deepEqual([held(records, 'abcd'), records.usage()], [[true, false, true, true], { documents: 3, bytes: 70 }])
    records.document(keyOf('c'))
    records.putForm(keyOf('d'), headOf('d'), { name: 'gzip', bytes: filled(31) })
    assert.deepEqual([held(records, 'acd'), records.usage()], [[false, true, true], { documents: 2, bytes: 71 }])
    put(records, 'e', 100)
    assert.deepEqual([held(records, 'cde'), records.usage()], [[false, false, true], { documents: 1, bytes: 100 }])
  })

  test('a document larger than all the room is not kept, and nothing goes for it but what it replaces', (context) => {
    using records = open(context, SMALL)
    for (const name of 'ab') put(records, name, 30)
    put(records, 'c', 101)
    records.putForm(keyOf('b'), headOf('b'), { name: 'gzip', bytes: filled(71) })
    assert.deepEqual([held(records, 'abc'), records.form(keyOf('b'), 'gzip'), records.usage()], [[true, true, false], undefined, { documents: 2, bytes: 60 }])
    put(records, 'a', 101)
    assert.deepEqual([held(records, 'ab'), records.usage()], [[false, true], { documents: 1, bytes: 30 }])
  })

  test('what was noted first goes where there is more than may be', (context) => {
    using records = open(context, SMALL)
    for (const label of [1, 2, 3, 1, 4]) records.noteTarball(tarball(label), release(`${label}.0.0`))
    assert.deepEqual([1, 2, 3, 4].map((label) => records.tarball(tarball(label).sha512)?.sizeBytes), [undefined, 2, 3, 4])
    assert.deepEqual([1, 2].map((label) => records.release(SOURCE, 'tool', `${label}.0.0`)?.sha512), [undefined, tarball(2).sha512])
    for (const label of [1, 2, 3, 4]) records.firstSeen(release(`${label}.0.0`), label)
    assert.deepEqual([2, 1].map((label) => records.firstSeen(release(`${label}.0.0`), 100 + label)), [2, 101])
    for (const source of ['a', 'b', 'a', 'c']) records.noteSigning(source, true)
    assert.deepEqual(['a', 'b', 'c'].map((source) => records.signing(source).signed), [0, 1, 1])
    for (const at of [1, 2, 3, 4]) records.noteServed(served(at))
    assert.deepEqual(records.servedSince(0).map(({ at }) => at), [2, 3, 4])
  })
}

const noteTests = (open: Open): void => {
  test('a version is seen for the first time once', (context) => {
    using records = open(context)
    assert.deepEqual([records.firstSeen(release('1.0.0'), 5), records.firstSeen(release('1.0.0'), 9), records.firstSeen(release('2.0.0'), 9)], [5, 5, 9])
  })

  test('documents with and without signatures are counted for each source', (context) => {
    using records = open(context)
    for (const isSigned of [true, false, true]) records.noteSigning(SOURCE, isSigned)
    assert.deepEqual([records.signing(SOURCE), records.signing('other')], [{ signed: 2, unsigned: 1 }, { signed: 0, unsigned: 0 }])
  })

  test('the keys of a source are those that were put last', (context) => {
    using records = open(context, SMALL)
    assert.equal(records.keys('a'), undefined)
    records.putKeys('a', { keys: 'one', askedAt: 1 })
    records.putKeys('b', { keys: 'two', askedAt: 2 })
    records.putKeys('a', { keys: 'three', askedAt: 3 })
    assert.deepEqual([records.keys('a'), records.keys('b')], [{ keys: 'three', askedAt: 3 }, { keys: 'two', askedAt: 2 }])
    records.putKeys('c', { keys: 'four', askedAt: 4 })
    assert.deepEqual(['a', 'b', 'c'].map((source) => records.keys(source)?.keys), [undefined, 'two', 'four'])
  })

  test('how archives were served comes back by time, before it is written and after', (context) => {
    using records = open(context)
    const all = Array.from({ length: 450 }, (_, index) => served(1000 - index))
    for (const one of all) records.noteServed(one)
    const last = served(2000, { from: 'nowhere', givers: [{ peer: 'p', bytes: 1 }], trouble: 'unreachable' })
    records.noteServed(last)
    assert.deepEqual(records.servedSince(0), [...all.toReversed(), last])
    assert.deepEqual(records.servedSince(1000), [served(1000), last])
  })

  test('disposed ones say so', (context) => {
    const records = open(context)
    records.noteServed(served(1))
    records[Symbol.dispose]()
    const { sha512, digest, sha1 } = tarball(1)
    const calls: readonly (() => unknown)[] = [
      () => records.tarball(sha512), () => records.sha512Of(sha1), () => records.release(SOURCE, 'tool', '1.0.0'), () => records.isPrivate(digest),
      () => records.noteTarball(tarball(1)), () => records.document(keyOf('a')), () => records.form(keyOf('a'), 'json'), () => put(records, 'a', 1),
      () => records.putForm(keyOf('a'), headOf('a'), { name: 'json', bytes: filled(1) }), () => records.renewDocument(keyOf('a'), headOf('a')),
      () => records.dropDocument(keyOf('a')), () => records.firstSeen(release('1.0.0'), 1), () => records.signing(SOURCE),
      () => records.noteSigning(SOURCE, true), () => records.noteServed(served(1)), () => records.servedSince(0), () => records.usage(),
      () => records.keys('a'), () => records.putKeys('a', { keys: '', askedAt: 1 }),
    ]
    for (const call of calls) assert.throws(call, (error) => isGgenError(error, 'cancelled'), String(call))
    records[Symbol.dispose]()
  })
}
