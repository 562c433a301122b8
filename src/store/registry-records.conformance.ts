import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { digestOf, isGgenError, type ReleaseOp } from '#core'
import { Publisher } from '#testing'
import type { PromisedBlob, RegistryRecords } from './registry-records.ts'
import type { KeptRelease } from './trust-store.ts'

const blob = (label: string) => digestOf(Buffer.from(label))

const releaseOf = ({ identity, body: { name, version } }: ReleaseOp): KeptRelease => ({ identity, name, version })

const archiveOf = (op: ReleaseOp): PromisedBlob => ({ digest: op.body.artifact.digest, release: releaseOf(op) })

/** What every keeper of promises must do. `open` gives an empty one and clears up after the test. */
export const registryRecordsConformance = (name: string, open: (context: TestContext) => RegistryRecords): void => {
  suite(`${name} keeps what a registry promised`, () => {
    test('what is promised comes back in its order, page by page, with the token it came with', (context) => {
      using records = open(context)
      const alice = new Publisher('alice')
      const ops = ['1.0.0', '1.1.0', '2.0.0'].map((version) => alice.release('tool', version))
      records.promise({ ops: ops.slice(0, 2), blobs: ops.slice(0, 2).map(archiveOf), by: 'first', at: 1000 })
      records.promise({ ops: ops.slice(2), blobs: [], by: 'second', at: 2000 })
      const first = records.promisedOps(0, 2)
      const second = records.promisedOps(first.last, 2)
      assert.deepEqual([...first.ops, ...second.ops].map(({ id, by, at }) => ({ id, by, at })), [
        { id: ops[0]?.id, by: 'first', at: 1000 }, { id: ops[1]?.id, by: 'first', at: 1000 }, { id: ops[2]?.id, by: 'second', at: 2000 },
      ])
      assert.deepEqual(first.ops.map(({ envelope }) => Buffer.from(envelope)), ops.slice(0, 2).map(({ bytes }) => Buffer.from(bytes)))
      const end = records.promisedOps(second.last, 2)
      assert.deepEqual(end, { ops: [], last: second.last })
    })

    test('it is known what is promised, and of whom', (context) => {
      using records = open(context)
      const [alice, bob] = [new Publisher('alice'), new Publisher('bob')]
      const [mine, other] = [alice.release('tool', '1.0.0'), bob.release('tool', '1.0.0', { content: 'another' })]
      records.promise({ ops: [mine], blobs: [archiveOf(mine)], by: 'token', at: 1 })
      assert.deepEqual([records.isPromised(mine.id), records.isPromised(other.id)], [true, false])
      assert.deepEqual([records.keeps(mine.body.artifact.digest), records.keeps(other.body.artifact.digest)], [true, false])
      assert.deepEqual([records.keptFor(mine.body.artifact.digest), records.keptFor(other.body.artifact.digest)], [[releaseOf(mine)], []])
      assert.deepEqual([records.isPublisher(alice.identity), records.isPublisher(bob.identity)], [true, false])
    })

    test('the same again changes nothing but the envelope', (context) => {
      using records = open(context)
      const op = new Publisher('alice').release('tool', '1.0.0')
      const cosigned = { ...op, bytes: Uint8Array.from([...op.bytes, 0]) }
      records.promise({ ops: [op], blobs: [archiveOf(op)], by: 'first', at: 1 })
      records.promise({ ops: [cosigned], blobs: [archiveOf(op)], by: 'second', at: 2 })
      const { ops } = records.promisedOps(0, 10)
      assert.deepEqual(ops.map(({ envelope, by, at }) => ({ length: envelope.length, by, at })), [{ length: op.bytes.length + 1, by: 'first', at: 1 }])
      assert.deepEqual(records.keptFor(op.body.artifact.digest), [releaseOf(op)])
    })

    test('releases of two publishers may have the same archive', (context) => {
      using records = open(context)
      const [mine, other] = [new Publisher('alice'), new Publisher('bob')].map((publisher) => publisher.release('tool', '1.0.0'))
      assert.ok(mine !== undefined && other !== undefined)
      records.promise({ ops: [mine, other], blobs: [archiveOf(mine), archiveOf(other)], by: 'token', at: 1 })
      const names = records.keptFor(mine.body.artifact.digest).map(({ identity }) => identity)
      assert.deepEqual(names.toSorted(), [mine.identity, other.identity].toSorted())
    })

    test('what came and was not promised is told by its age, until it is promised or forgotten', (context) => {
      using records = open(context)
      const op = new Publisher('alice').release('tool', '1.0.0')
      const { artifact: { digest } } = op.body
      for (const [index, one] of [blob('c'), digest, blob('a')].entries()) records.noteUpload(one, 10 - index)
      records.noteUpload(blob('b'), 5)
      records.noteUpload(blob('b'), 20)
      assert.deepEqual(records.uploadsBefore(11, 10), [blob('a'), digest, blob('c')])
      assert.deepEqual([records.uploadsBefore(11, 1), records.uploadsBefore(8, 10)], [[blob('a')], []])
      records.promise({ ops: [op], blobs: [archiveOf(op)], by: 'token', at: 12 })
      records.forgetUploads([blob('c'), blob('x')])
      assert.deepEqual(records.uploadsBefore(100, 10), [blob('a'), blob('b')])
    })

    test('what was worked out of an archive is remembered, and replaced', (context) => {
      using records = open(context)
      assert.equal(records.pack(blob('a')), undefined)
      records.notePack(blob('a'), '{"one":1}')
      records.notePack(blob('a'), '{"two":2}')
      assert.deepEqual([records.pack(blob('a')), records.pack(blob('b'))], ['{"two":2}', undefined])
    })

    test('disposed ones say so', (context) => {
      const records = open(context)
      records[Symbol.dispose]()
      const isClosed = (error: unknown): boolean => isGgenError(error, 'cancelled')
      assert.throws(() => records.promise({ ops: [], blobs: [], by: 'x', at: 1 }), isClosed)
      assert.throws(() => records.promisedOps(0, 1), isClosed)
      assert.throws(() => records.keeps(blob('a')), isClosed)
      assert.throws(() => records.notePack(blob('a'), ''), isClosed)
      records[Symbol.dispose]()
    })
  })
}
