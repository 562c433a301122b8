import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, opIdHash, opIdOfHash } from '#core'
import { MemoryOpSet, type OpSet, WHOLE_SET } from '#store'
import { FrameWriter, ownVersion } from '#wire'
import { answerFrame, openSession, readAnswer, tellOf } from './reconcile.ts'

interface Member {
  readonly at: number
  readonly label: string
}

const hashOf = ({ label }: Member): Uint8Array => createHash('sha256').update(label).digest()
const setOf = (members: readonly Member[]): MemoryOpSet => {
  const set = new MemoryOpSet()
  for (const member of members) set.add({ at: member.at, id: opIdOfHash(hashOf(member)) })
  return set
}
const textOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')
const listOf = (set: OpSet): Set<string> => new Set(set.placesIn(WHOLE_SET, 1e6).map(({ hash }) => textOf(hash)))

interface Outcome {
  /** Hashes that the other side has and the initiator lacks. */
  readonly needed: Set<string>
  readonly rounds: number
  readonly bytes: number
}

/** A session between two sets, both by our own code; ends after as many rounds as a real one. */
const run = (initiator: OpSet, answerer: OpSet): Outcome => {
  const own = listOf(initiator)
  const needed = new Set<string>()
  let [bytes, rounds] = [0, 0]
  let frame: Uint8Array | undefined = openSession(initiator)
  while (frame !== undefined && rounds < LIMITS.syncRounds) {
    const answer = answerFrame(answerer, frame).frame
    assert(frame.length <= LIMITS.syncFrameBytes && answer.length <= LIMITS.syncAnswerBytes, 'frames stay within their limits')
    bytes += frame.length + answer.length
    rounds += 1
    const { theirs, next } = readAnswer(initiator, answer)
    for (const hash of theirs) if (!own.has(textOf(hash))) needed.add(textOf(hash))
    frame = next
  }
  assert.equal(frame, undefined, 'the session came to its end')
  return { needed, rounds, bytes }
}

const missing = (initiator: readonly Member[], answerer: readonly Member[]): Set<string> => {
  const own = new Set(initiator.map((member) => textOf(hashOf(member))))
  return new Set(answerer.map((member) => textOf(hashOf(member))).filter((hash) => !own.has(hash)))
}

const spread = (count: number, from = 0): Member[] =>
  Array.from({ length: count }, (_, index) => ({ at: 1_600_000_000 + (from + index) * 977, label: `${from + index}` }))

suite('comparing two sets', () => {
  test('finds exactly what is missing, whatever the sets and their times', () => {
    const at = fc.oneof(fc.integer({ min: 1_700_000_000, max: 1_700_000_003 }), fc.nat(2 ** 31), fc.integer({ min: 2 ** 31, max: 2 ** 40 - 1 }))
    const member = fc.record({ at, label: fc.nat().map(String) })
    const members = fc.uniqueArray(member, { maxLength: 300, selector: ({ label }) => label })
    const pair = fc.tuple(members, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 0, max: 10 }))
    fc.assert(fc.property(pair, ([all, dice, split]) => {
      const sides: [Member[], Member[]] = [[], []]
      for (const each of all) {
        const roll = dice.next().value
        if (roll >= split) sides[0].push(each)
        if (roll <= split) sides[1].push(each)
      }
      const [left, right] = sides
      assert.deepEqual(run(setOf(left), setOf(right)).needed, missing(left, right))
      assert.deepEqual(run(setOf(right), setOf(left)).needed, missing(right, left))
    }), { numRuns: 300 })
  })

  test('shows the one who asks, or the one who answers, that it lacks something', () => {
    for (const size of [0, 10, 100, 1000]) {
      const [all, known] = [setOf(spread(size + 3)), setOf(spread(size))]
      let frame: Uint8Array | undefined = openSession(all)
      let lacked
      while (frame !== undefined) {
        const progress = readAnswer(all, answerFrame(known, frame).frame)
        lacked ??= progress.lacked
        frame = progress.next
      }
      assert(lacked !== undefined && !listOf(known).has(textOf(lacked.hash)), `of ${size}`)
      assert.equal(answerFrame(known, tellOf(all, lacked)).lacks, true)
      assert.equal(answerFrame(all, tellOf(all, lacked)).lacks, false, 'who has it lacks nothing')
      for (let asking: Uint8Array | undefined = openSession(known); asking !== undefined;) {
        const answer = answerFrame(all, asking)
        assert.equal(answer.lacks, false)
        const progress = readAnswer(known, answer.frame)
        assert.equal(progress.lacked, undefined)
        asking = progress.next
      }
    }
  })

  for (const size of [0, 1, 31, 32, 33, 1000]) {
    for (const lacking of [0, 1, 10, size]) {
      test(`of ${size} ops of which ${lacking} are new`, () => {
        const [all, known] = [spread(size), spread(Math.max(0, size - lacking))]
        const { needed, rounds } = run(setOf(known), setOf(all))
        assert.deepEqual(needed, missing(known, all))
        assert(rounds <= 4, `${rounds} rounds`)
      })
    }
  }

  test('that are equal costs one question of a few hundred bytes', () => {
    const { rounds, bytes } = run(setOf(spread(20_000)), setOf(spread(20_000)))
    assert.equal(rounds, 1)
    assert(bytes <= 400, `${bytes} bytes`)
  })

  test('costs what changed, not what is there', () => {
    const [all, known] = [spread(20_000), spread(19_000)]
    const { bytes, rounds } = run(setOf(known), setOf(all))
    assert(bytes < 60_000 && rounds <= 5, `${bytes} bytes, ${rounds} rounds`)
  })

  test('brings thousands of hashes at once by as many frames as they need', () => {
    assert.equal(run(setOf([]), setOf(spread(20_000))).needed.size, 20_000)
    assert.equal(run(setOf(spread(15_000, 20_000)), setOf(spread(20_000))).needed.size, 20_000)
  })

  test('ends with all ops of one second, which only their hashes tell apart', () => {
    const crowd = Array.from({ length: 5000 }, (_, index) => ({ at: 1_700_000_000, label: `${index}` }))
    const known = crowd.filter((_, index) => index % 100 !== 7)
    assert.deepEqual(run(setOf(known), setOf(crowd)).needed, missing(known, crowd))
  })
})

/** A set that counts how often it is asked. */
const counting = (set: OpSet): { readonly counted: OpSet; readonly calls: { measure: number; placesIn: number } } => {
  const calls = { measure: 0, placesIn: 0 }
  const counted: OpSet = {
    measure: (range) => {
      calls.measure += 1
      return set.measure(range)
    },
    divide: (range, parts) => set.divide(range, parts),
    placesIn: (range, limit) => {
      calls.placesIn += 1
      return set.placesIn(range, limit)
    },
  }
  return { counted, calls }
}

suite('a peer that does not play by the rules', () => {
  const set = setOf(spread(5000))

  test('and asks in another version is told ours', () => {
    assert.deepEqual(answerFrame(set, Uint8Array.of(0x62, 1, 2)).frame, ownVersion())
    assert.throws(() => readAnswer(set, Uint8Array.of(0x62)), { code: 'frame-invalid' })
  })

  test('and fingerprints thousands of ranges gets an answer of bounded size and work', () => {
    const writer = new FrameWriter()
    for (let at = 0; writer.size < LIMITS.questionBytes - 100; at += 1) {
      writer.add({ to: { at: 1_600_000_000 + at * 500, hash: new Uint8Array() }, says: 'fingerprint', fingerprint: new Uint8Array(16) })
    }
    const { counted, calls } = counting(set)
    const answer = answerFrame(counted, writer.bytes())
    assert(answer.frame.length <= LIMITS.syncAnswerBytes)
    assert(calls.measure < LIMITS.syncFrameWork / 32, `${calls.measure} ranges were measured`)
  })

  test('and asks for the lists of thousands of empty ranges costs no more', () => {
    const writer = new FrameWriter()
    while (writer.size < LIMITS.questionBytes - 100) writer.add({ to: { at: 1_600_000_000, hash: new Uint8Array() }, says: 'hashes', hashes: [] })
    const { counted, calls } = counting(set)
    answerFrame(counted, writer.bytes())
    assert(calls.placesIn < LIMITS.syncFrameWork / 16, `${calls.placesIn} ranges were listed`)
  })

  test('and answers with the lists of thousands of empty ranges is not looked into for long', () => {
    const writer = new FrameWriter()
    while (writer.size < LIMITS.syncAnswerBytes - 100) writer.add({ to: { at: 1_500_000_000, hash: new Uint8Array() }, says: 'hashes', hashes: [] })
    const { counted, calls } = counting(set)
    readAnswer(counted, writer.bytes())
    assert(calls.placesIn < LIMITS.syncFrameWork / 16, `${calls.placesIn} ranges were looked into`)
  })

  test('and lists what it wants changes nothing but what is asked of it', () => {
    const writer = new FrameWriter()
    writer.add({ to: WHOLE_SET.to, says: 'hashes', hashes: [new Uint8Array(32).fill(7)] })
    assert.deepEqual(readAnswer(set, writer.bytes()).theirs, [new Uint8Array(32).fill(7)])
  })

  test('and sends bytes at random gets a typed error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
      for (const act of [() => answerFrame(set, garbage), () => readAnswer(set, garbage)]) {
        try {
          act()
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'frame-invalid')
        }
      }
    }))
  })
})

test('hashes and ids are two spellings of one thing', () => {
  const [hash] = spread(1).map(hashOf)
  assert(hash)
  assert.deepEqual(opIdHash(opIdOfHash(hash)), Uint8Array.from(hash))
})
