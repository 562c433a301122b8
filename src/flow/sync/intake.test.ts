import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Publisher } from '#testing'
import { openOp } from '#trust'
import { type Batch, Intake } from './intake.ts'
import type { JudgeAll } from './judged.ts'

const alice = new Publisher('alice')
const ops = [alice.genesis, ...Array.from({ length: 5 }, (_, index) => alice.release('tool', `1.${index}.0`).bytes)]
const BAD = new Uint8Array([1])
const never = new AbortController().signal

/** Says what it does with each envelope; one of a single byte is refused. */
const scene = (): { readonly intake: Intake; readonly log: string[] } => {
  const log: string[] = []
  const nameOf = (envelope: Uint8Array): string => (envelope.length === 1 ? 'bad' : String(ops.indexOf(envelope)))
  const judge: JudgeAll = async function* (envelopes, { after }) {
    for (const envelope of envelopes) log.push(`open ${nameOf(envelope)}`)
    await after
    for (const envelope of envelopes) {
      log.push(`judge ${nameOf(envelope)}`)
      yield [envelope.length === 1 ? { outcome: 'refused', reason: 'size' } : { outcome: 'added', op: openOp(envelope) }]
    }
  }
  return { intake: new Intake({ judge, onAdded: () => undefined }), log }
}

async function* inBatches(log: string[], ...batches: readonly (readonly Uint8Array[] | Error)[]): AsyncGenerator<Batch> {
  for (const [place, batch] of batches.entries()) {
    if (batch instanceof Error) throw batch
    log.push(`batch ${place}`)
    yield { envelopes: batch, onTaken: () => log.push(`taken ${place}`) }
  }
}

const [op0, op1, op2, op3] = ops as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]

suite('batches', () => {
  test('are judged one after the other, and opened while the last is judged', async () => {
    const { intake, log } = scene()
    await intake.takeAll(inBatches(log, [op0, op1], [op2], [], [op3]), never)
    assert.equal(intake.added, 4)
    const judged = log.filter((line) => line.startsWith('judge'))
    assert.deepEqual(judged, ['judge 0', 'judge 1', 'judge 2', 'judge 3'])
    assert(log.indexOf('open 2') < log.indexOf('taken 0'), log.join(', '))
    assert(log.indexOf('batch 2') > log.indexOf('taken 0'), 'no more than one waits')
    assert(log.includes('taken 3'))
  })

  test('end with one that holds what no honest node sends: what came after is not judged', async () => {
    const { intake, log } = scene()
    await assert.rejects(intake.takeAll(inBatches(log, [op0], [op1, BAD, op2], [op3]), never), { code: 'op-invalid' })
    assert.deepEqual([intake.added, log.includes('judge 3'), log.includes('taken 0'), log.includes('taken 1')], [3, false, true, false])
  })

  test('that cannot be had leave what came before', async () => {
    const { intake, log } = scene()
    await assert.rejects(intake.takeAll(inBatches(log, [op0], [op1, op2], new RangeError('gone')), never), RangeError)
    assert.deepEqual([intake.added, log.includes('taken 1')], [3, true])
  })
})
