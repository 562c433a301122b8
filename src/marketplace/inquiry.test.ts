import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError, isGgenError, parsePackageName } from '#core'
import { memoryHub } from '#network'
import { NO_RECORDS, type Records, type Upstream } from '#registry'
import { TestClock, until } from '#testing'
import { encodeSearchOps } from '#wire'
import { Inquiry, type InquiryParts, Trail } from './inquiry.ts'
import { PEERS_ALONE } from './registries.ts'

const gone = { registry: 'central', error: new GgenError('registry-unreachable', 'nobody listens') }
const alone = { registry: 'p2p', error: new GgenError('no-peers', 'nobody is connected') }
const missing = new GgenError('package-not-found', 'nobody here knows a package named tool')

const trailOf = (causes: Trail['causes'], answered: readonly string[] = []): Trail => {
  const trail = new Trail()
  trail.note({ causes, answered })
  return trail
}

const never = new AbortController().signal
const name = parsePackageName('tool')

interface Scene {
  readonly inquiry: Inquiry
  /** What the server answers when its time has come. */
  readonly answer: PromiseWithResolvers<Records>
  /** Who was asked so far. */
  readonly asked: string[]
  /** Takes what a peer answers; absent: it says nothing. */
  readonly taken: () => boolean
}

/** A node with a server that is late, and one peer. */
const open = (peer: () => Promise<Uint8Array>): Scene => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [network, other] = [hub.join(), hub.join()]
  const [asked, answer] = [[] as string[], Promise.withResolvers<Records>()]
  other.answer('/ggen/search/1', () => {
    asked.push('peer')
    return peer()
  })
  hub.link(network.self, other.self)
  const find = (): Promise<Records> => {
    asked.push('server')
    return answer.promise
  }
  const central = { source: { registry: { name: 'central', isPrivate: false, find } }, isLate: async () => true } as unknown as Upstream
  let isTaken = false
  const inquiry = new Inquiry({
    network, clock,
    registries: { ...PEERS_ALONE, order: 'central-first', central },
    exchange: {} as InquiryParts['exchange'],
    take: async () => {
      isTaken = true
    },
  })
  return { inquiry, answer, asked, taken: () => isTaken }
}

suite('Where the server that is asked first is late', () => {
  test('peers are asked as well, and its answer is taken while they say nothing', async () => {
    const { inquiry, answer, asked, taken } = open(() => new Promise(() => {}))
    const asking = inquiry.ask({ name, trail: new Trail(), isEnough: async () => taken() }, never)
    await until('both are asked', () => asked.length === 2)
    answer.resolve({ envelopes: [Buffer.from('a record')] })
    await asking
    assert.deepEqual(asked, ['server', 'peer'])
  })

  test('it is waited for where nobody else knows enough, and what it throws is thrown', async () => {
    for (const end of ['nothing', 'a defect']) {
      const { inquiry, answer, asked } = open(async () => encodeSearchOps({ ops: [] }))
      const asking = inquiry.ask({ name, trail: new Trail(), isEnough: async () => false }, never)
      await until('both are asked', () => asked.length === 2)
      if (end === 'nothing') {
        answer.resolve(NO_RECORDS)
        await asking
      } else {
        answer.reject(new Error(end))
        await assert.rejects(asking, { message: end })
      }
    }
  })
})

suite('Why there are no more records', () => {
  test('is told as the failure that it is, when nobody answered', () => {
    const error = trailOf([gone, alone]).explain(missing)
    assert.ok(isGgenError(error, 'registry-unreachable'))
    assert.equal((error.details['causes'] as readonly unknown[]).length, 2)
  })

  test('is told besides, when somebody answered that there is none', () => {
    const error = trailOf([gone], ['p2p']).explain(missing)
    assert.ok(isGgenError(error, 'package-not-found'))
    assert.match(error.message, /central: nobody listens/)
  })

  test('is no news for a node that has peers alone, and for what records cannot cure', () => {
    assert.equal(trailOf([alone]).explain(missing), missing)
    assert.equal(trailOf([]).explain(missing), missing)
    for (const other of [new GgenError('denied', 'no'), new Error('a defect')]) assert.equal(trailOf([gone]).explain(other), other)
  })
})
