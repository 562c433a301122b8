import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, pieceCount, type PeerId } from '#core'
import { Schedule } from './schedule.ts'
import { idealMs, MEBIBYTE, megabit, setOf, simulate, type SimulatedSource } from './schedule-simulator.conformance.ts'

const HUNDRED = 100 * MEBIBYTE
const quick: SimulatedSource = { rate: 20_000, roundTripMs: 1 }
const many = (count: number, source = quick): SimulatedSource[] => Array.from({ length: count }, () => source)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** How many pieces at most had come while one before them had not. */
const mostEarly = (order: readonly number[]): number => {
  let [whole, most] = [0, 0]
  const seen = new Set<number>()
  for (const piece of order) {
    seen.add(piece)
    while (seen.has(whole)) whole += 1
    most = Math.max(most, seen.size - whole)
  }
  return most
}

describe('without faults', () => {
  for (const [what, sources] of [
    ['3 equal sources', many(3)],
    ['8 equal sources', many(8)],
    ['8 equal sources that are far away', many(8, { ...quick, roundTripMs: 40 })],
    ['sources of 100, 20 and 5 Mbit', [100, 20, 5].map((rate) => ({ rate: megabit(rate), roundTripMs: 40 }))],
    ['sources of 5, 20 and 100 Mbit', [5, 20, 100].map((rate) => ({ rate: megabit(rate), roundTripMs: 40 }))],
  ] as const) {
    test(`${what} give 100 MiB at no less than 0.85 of what they can, hardly anything twice`, () => {
      const { is, ms, wastedBytes, dropped } = simulate({ sizeBytes: HUNDRED, sources })
      assert.equal(is, 'done')
      assert.ok(idealMs(HUNDRED, sources) / ms >= 0.85, `${Math.round(ms)} ms`)
      assert.ok(wastedBytes < 0.03 * HUNDRED, `${wastedBytes} bytes`)
      assert.deepEqual(dropped, [])
    })
  }

  test('one source is asked a few times and never left waiting', () => {
    const sources = [{ rate: 500_000, roundTripMs: 1 }]
    const { ms, asked, order, wastedBytes } = simulate({ sizeBytes: HUNDRED, sources })
    assert.ok(idealMs(HUNDRED, sources) / ms > 0.98, `${ms} ms`)
    assert.ok(sum(asked) <= 12, `${sum(asked)} requests`)
    assert.equal(wastedBytes, 0)
    assert.ok(mostEarly(order) <= 3, `${mostEarly(order)} pieces wait for an earlier one`)
  })

  test('pieces come in about the order of the blob, so that it can be hashed while it comes', () => {
    const early = mostEarly(simulate({ sizeBytes: HUNDRED, sources: many(3) }).order)
    assert.ok(early <= 3 * 8, `${early} pieces wait for an earlier one`)
  })

  test('any sources of any speed: all comes, each piece once, little twice', () => {
    const numbers = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
    const source = fc.record({ rate: numbers(500, 50_000), roundTripMs: numbers(0, 200), joinsAt: numbers(0, 500) })
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 12 }), numbers(10, 200), (sources, pieces) => {
        const sizeBytes = pieces * MEBIBYTE - 1000
        const { is, order, wastedBytes, askedAtOnce } = simulate({ sizeBytes, sources })
        assert.equal(is, 'done')
        assert.equal(new Set(order).size, pieces)
        assert.ok(wastedBytes <= Math.max(2 * MEBIBYTE, 0.03 * sizeBytes), `${wastedBytes} of ${sizeBytes}`)
        assert.ok(askedAtOnce <= LIMITS.holdersPerFetch)
      }),
      { numRuns: 60 },
    )
  })
})

describe('between quick and slow', () => {
  test('the slow one is given nothing more when the quick one would be done before it', () => {
    const sources = [{ rate: megabit(100), roundTripMs: 10 }, { rate: megabit(3), roundTripMs: 10 }]
    for (let pieces = 40; pieces < 65; pieces++) assert.equal(simulate({ sizeBytes: pieces * MEBIBYTE, sources }).wastedBytes, 0, `${pieces} pieces`)
  })

  test('what comes twice is limited however many slow ones there are', () => {
    const slow = { rate: 400, roundTripMs: 10 }
    for (let pieces = 8; pieces < 16; pieces++) {
      const { wastedBytes } = simulate({ sizeBytes: pieces * MEBIBYTE, sources: [...many(7, slow), { rate: 50_000, roundTripMs: 10, joinsAt: 1000 }] })
      assert.ok(wastedBytes <= 2 * MEBIBYTE, `${wastedBytes} bytes of ${pieces} pieces`)
    }
  })
})

describe('with faults', () => {
  test('one of three that dies at half costs less than 1.3 times the time, whether it says so or not', () => {
    const { ms } = simulate({ sizeBytes: HUNDRED, sources: many(3) })
    for (const fault of [{ diesAt: ms / 2 }, { stallsAt: ms / 2 }]) {
      for (const sources of [[{ ...quick, ...fault }, ...many(2)], [...many(2), { ...quick, ...fault }]]) {
        const outcome = simulate({ sizeBytes: HUNDRED, sources })
        assert.equal(outcome.is, 'done')
        assert.ok(outcome.ms <= 1.3 * ms, `${Math.round(outcome.ms)} of ${Math.round(ms)} ms`)
        assert.ok(outcome.wastedBytes < 0.03 * HUNDRED)
      }
    }
  })

  test('one that becomes slow is taken over from', () => {
    const sources = [...many(2), { ...quick, changesRateAt: { at: 200, rate: 50 } }]
    const { ms, wastedBytes } = simulate({ sizeBytes: HUNDRED, sources })
    assert.ok(ms < 1.15 * idealMs(HUNDRED - 4_000_000, many(2)), `${Math.round(ms)} ms`)
    assert.ok(wastedBytes < 0.03 * HUNDRED)
  })

  test('a small blob whose first holder is silent comes from the next one within a second', () => {
    const { is, ms, given } = simulate({ sizeBytes: 8000, sources: [{ ...quick, stallsAt: 0 }, ...many(2)] })
    assert.equal(is, 'done')
    assert.ok(ms < 1000, `${ms} ms`)
    assert.deepEqual(given, [[], [0], []])
  })

  test('sources that crawl do not keep those out that were never tried', () => {
    const crawling = { rate: 2 * (LIMITS.stallBytesPerSecond / 1000), roundTripMs: 40 }
    const { is, ms, askedAtOnce } = simulate({ sizeBytes: 32 * MEBIBYTE, sources: [...many(16, crawling), { rate: megabit(100), roundTripMs: 40 }] })
    assert.equal(is, 'done')
    assert.ok(ms < 10_000, `${Math.round(ms)} ms`)
    assert.equal(askedAtOnce, LIMITS.holdersPerFetch)
  })

  test('one that gives less than the least is given up when nobody else is there', () => {
    const { is, ms, dropped } = simulate({ sizeBytes: MEBIBYTE, sources: [{ ...quick, stallsAt: 10 }] })
    assert.deepEqual([is, dropped], ['exhausted', [0]])
    assert.ok(ms >= LIMITS.stallTimeoutMs && ms < LIMITS.stallTimeoutMs + 500)
  })

  test('one that lies is banned at the first wrong piece, and never asked again', () => {
    const { is, given, banned, order } = simulate({ sizeBytes: 32 * MEBIBYTE, sources: [{ ...quick, liesEvery: 3 }, quick] })
    assert.equal(is, 'done')
    assert.deepEqual([given[0]?.length, banned], [2, [0]])
    assert.equal(new Set(order).size, 32)
    assert.equal(simulate({ sizeBytes: MEBIBYTE, sources: many(3, { ...quick, liesEvery: 1 }) }).is, 'exhausted')
  })

  test('one that is too busy is asked again later, though not for ever', () => {
    const patient = simulate({ sizeBytes: MEBIBYTE, sources: [{ ...quick, refuses: 5 }] })
    assert.deepEqual([patient.is, patient.asked], ['done', [6]])
    const hopeless = simulate({ sizeBytes: MEBIBYTE, sources: [{ ...quick, refuses: Infinity }] })
    assert.deepEqual([hopeless.is, hopeless.dropped], ['exhausted', [0]])
  })

  test('nothing is asked for that is here already, and nobody when everything is', () => {
    const present = Array.from({ length: 31 }, (_, piece) => piece)
    const { order, receivedBytes } = simulate({ sizeBytes: 32 * MEBIBYTE, sources: many(3), present })
    assert.deepEqual([order, receivedBytes], [[31], MEBIBYTE])
    assert.deepEqual(simulate({ sizeBytes: 31 * MEBIBYTE, sources: many(1), present }).asked, [0])
  })

  test('partial holders: the rarest pieces first, and exhausted when nobody has one', () => {
    const half = Array.from({ length: 16 }, (_, piece) => piece)
    const sources = [{ ...quick, pieces: half }, { ...quick, pieces: half }, quick]
    const { is, given } = simulate({ sizeBytes: 32 * MEBIBYTE, sources })
    assert.equal(is, 'done')
    assert.ok(given[2]?.slice(0, 16).every((piece) => piece >= 16), 'the one who has everything gives what the others have not')
    const lacking = simulate({ sizeBytes: 32 * MEBIBYTE, sources: sources.slice(0, 2) })
    assert.deepEqual([lacking.is, lacking.order.length], ['exhausted', 16])
  })

  test('whatever happens, it ends, completely when an honest holder has everything, and never with a wrong piece', () => {
    const numbers = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })
    const time = numbers(0, 20_000)
    const faults = { diesAt: time, stallsAt: time, wakesAt: time, joinsAt: time, liesEvery: numbers(1, 6), refuses: numbers(0, 12) }
    const scene = numbers(1, 24).chain((count) => {
      const speed = fc.record({ rate: numbers(10, 50_000), roundTripMs: numbers(0, 300) })
      const some = fc.uniqueArray(fc.nat(count - 1))
      const faulty = fc.tuple(speed, fc.record(faults, { requiredKeys: [] }), fc.option(some.map((pieces) => ({ pieces })), { nil: {} }))
      const honest = fc.record({ rate: numbers(200, 50_000), roundTripMs: numbers(0, 300), joinsAt: time })
      return fc.record({ count: fc.constant(count), faulty: fc.array(faulty, { maxLength: 12 }), honest: fc.option(honest, { nil: undefined }), present: some })
    })
    fc.assert(
      fc.property(scene, ({ count, faulty, honest, present }) => {
        const sources: SimulatedSource[] = faulty.map(([speed, fault, having]) => ({ ...speed, ...fault, ...having }))
        if (honest !== undefined) sources.push(honest)
        if (sources.length === 0) return
        const sizeBytes = count * MEBIBYTE - 5
        const { is, order, given, banned, wastedBytes } = simulate({ sizeBytes, sources, present })
        assert.notEqual(is, 'endless')
        if (honest !== undefined) assert.equal(is, 'done')
        assert.equal(new Set([...order, ...present]).size, order.length + present.length, 'no piece counts twice')
        if (is === 'done') assert.equal(order.length + present.length, pieceCount(sizeBytes))
        for (const [index, { pieces, liesEvery = Infinity }] of sources.entries()) {
          if (pieces !== undefined) assert.ok(given[index]?.every((piece) => pieces.includes(piece)), 'only what it has')
          assert.ok((given[index]?.length ?? 0) < liesEvery, 'nothing after a lie')
        }
        assert.ok(banned.length <= sources.filter(({ liesEvery }) => liesEvery !== undefined).length)
        assert.ok(wastedBytes <= (3 * sources.length + 0.1 * count) * MEBIBYTE, `${wastedBytes} bytes twice`)
      }),
      { numRuns: 300 },
    )
  })
})

test('a holder that learns of more pieces is asked for them, and one that comes back gets another chance, three times', () => {
  const schedule = new Schedule(3 * MEBIBYTE)
  const peer = 'ada' as PeerId
  assert.deepEqual(schedule.step({ type: 'source', peer, pieces: setOf(3, [1]) }, 0), [{ type: 'read', read: 1, peer, first: 1, end: 2 }])
  schedule.step({ type: 'bytes', read: 1, bytes: MEBIBYTE }, 50)
  assert.deepEqual(schedule.step({ type: 'piece', read: 1, piece: 1, is: 'right' }, 50), [])
  assert.deepEqual(schedule.step({ type: 'source', peer, pieces: setOf(3, [0, 1]) }, 60), [{ type: 'read', read: 2, peer, first: 0, end: 1 }])
  assert.deepEqual(schedule.step({ type: 'failed', read: 2, code: 'denied' }, 70), [{ type: 'drop', peer, code: 'denied' }])
  for (const read of [3, 4]) {
    assert.deepEqual(schedule.step({ type: 'source', peer }, 80), [{ type: 'read', read, peer, first: 0, end: 1 }])
    assert.equal(schedule.step({ type: 'failed', read, code: 'blob-not-found' }, 80).length, 1)
  }
  assert.deepEqual(schedule.step({ type: 'source', peer }, 90), [])
  assert.deepEqual(schedule.step({ type: 'searched' }, 100), [{ type: 'exhausted' }])
})

test('who was banned is not asked again, however often it is found', () => {
  const schedule = new Schedule(2 * MEBIBYTE)
  const peer = 'ada' as PeerId
  schedule.step({ type: 'source', peer }, 0)
  assert.deepEqual(schedule.step({ type: 'piece', read: 1, piece: 0, is: 'wrong' }, 10), [{ type: 'cancel', read: 1 }, { type: 'ban', peer, piece: 0 }])
  assert.deepEqual(schedule.step({ type: 'source', peer }, 20), [])
})

test('one that comes when everything is asked for takes over the last pieces of a span', () => {
  const schedule = new Schedule(16 * MEBIBYTE)
  const [ada, bob] = ['ada' as PeerId, 'bob' as PeerId]
  let reads = schedule.step({ type: 'source', peer: ada }, 0)
  let ms = 0
  const give = (read: number, piece: number): void => {
    ms += 100
    const effects = [...schedule.step({ type: 'bytes', read, bytes: MEBIBYTE }, ms), ...schedule.step({ type: 'piece', read, piece, is: 'right' }, ms)]
    reads = [...reads, ...effects]
  }
  do {
    const next = reads.find((effect) => effect.type === 'read' && effect.first <= schedule.here.size && schedule.here.size < effect.end)
    assert.ok(next?.type === 'read')
    give(next.read, schedule.here.size)
  } while (!reads.some((effect) => effect.type === 'read' && effect.end === 16))
  const effects = schedule.step({ type: 'source', peer: bob }, ms + 1)
  const [cut, taken] = effects
  assert.ok(cut?.type === 'cut' || cut?.type === 'cancel')
  assert.ok(taken?.type === 'read' && taken.peer === bob && taken.end === 16)
})

test('a source that is alone is asked for all of what is little, and for its share of what is much; one among others for a piece', () => {
  const first = (pieces: number, peers: readonly string[]): unknown[] => {
    const schedule = new Schedule(pieces * MEBIBYTE)
    const effects = peers.flatMap((peer) => schedule.step({ type: 'source', peer: peer as PeerId }, 0))
    return effects.map((effect) => effect.type === 'read' && effect.end - effect.first)
  }
  assert.deepEqual([1, 10, 16, 17, 100, 400].map((pieces) => first(pieces, ['ada'])), [[1], [10], [16], [3], [13], [16]])
  assert.deepEqual(first(100, ['ada', 'bob', 'cy']), [13, 1, 1])
})

test('one that is alone and gives nothing keeps nobody waiting: others take half of it at once, and all when it is silent', () => {
  const schedule = new Schedule(16 * MEBIBYTE)
  const [ada, bob, cy] = ['ada', 'bob', 'cy'] as [PeerId, PeerId, PeerId]
  schedule.step({ type: 'source', peer: ada }, 0)
  const spans = (effects: ReturnType<Schedule['step']>): unknown[] =>
    effects.map((effect) => (effect.type === 'read' ? [effect.peer, effect.first, effect.end] : effect.type))
  assert.deepEqual(spans(schedule.step({ type: 'source', peer: bob }, 5)), ['cut', [bob, 8, 16]])
  assert.deepEqual(spans(schedule.step({ type: 'source', peer: cy }, 6)), ['cut', [cy, 4, 8]])
  schedule.step({ type: 'bytes', read: 3, bytes: 100 }, 10)
  for (let piece = 4; piece < 7; piece += 1) schedule.step({ type: 'piece', read: 3, piece, is: 'right' }, 590)
  const late = spans(schedule.step({ type: 'piece', read: 3, piece: 7, is: 'right' }, 600))
  assert.ok(late.some((effect) => Array.isArray(effect) && effect[0] === cy), JSON.stringify(late))
})

test('a source whose connection breaks is tried again in a moment if it had given something, and given up if not', () => {
  const schedule = new Schedule(2 * MEBIBYTE)
  const peer = 'ada' as PeerId
  schedule.step({ type: 'source', peer }, 0)
  schedule.step({ type: 'searched' }, 0)
  schedule.step({ type: 'bytes', read: 1, bytes: 100_000 }, 10)
  schedule.step({ type: 'piece', read: 1, piece: 0, is: 'right' }, 20)
  const [again] = schedule.step({ type: 'failed', read: 1, code: 'peer-unreachable' }, 30)
  assert.equal(again, undefined)
  assert.deepEqual(schedule.step({ type: 'tick' }, 300), [{ type: 'read', read: 2, peer, first: 1, end: 2 }])
  const ended = schedule.step({ type: 'failed', read: 2, code: 'peer-unreachable' }, 310)
  assert.deepEqual(ended, [{ type: 'drop', peer, code: 'peer-unreachable' }, { type: 'exhausted' }])
})

test('of those that wait for a place, who was never asked comes in the order of preference', () => {
  const schedule = new Schedule(100 * MEBIBYTE)
  const found = (peer: string, preference?: number): ReturnType<Schedule['step']> => schedule.step({ type: 'source', peer: peer as PeerId, preference }, 0)
  for (let index = 0; index < LIMITS.holdersPerFetch; index += 1) assert.equal(found(`first ${index}`).length, 1)
  assert.deepEqual([...found('worst', 0.1), ...found('best', 0.9), ...found('stranger')], [])
  const next = [1, 2, 3].flatMap((read) => schedule.step({ type: 'failed', read, code: 'frame-invalid' }, 1))
  assert.deepEqual(next.flatMap((effect) => (effect.type === 'read' ? [effect.peer] : [])), ['best', 'worst', 'stranger'])
})

test('inputs about reads that are over mean nothing', () => {
  const schedule = new Schedule(2 * MEBIBYTE)
  for (const type of ['held', 'resumed'] as const) assert.deepEqual(schedule.step({ type, read: 7 }, 0), [])
  assert.deepEqual(schedule.step({ type: 'bytes', read: 7, bytes: 5 }, 0), [])
  assert.deepEqual(schedule.step({ type: 'failed', read: 7, code: 'timeout' }, 0), [])
  assert.deepEqual(schedule.step({ type: 'piece', read: 7, piece: 0, is: 'wrong' }, 0), [])
  assert.equal(schedule.here.size, 0)
})
