import { TestClock, until } from '#testing'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Hedged, type Stage } from './hedged.ts'

const never = new AbortController().signal
const turn = (): Promise<void> => new Promise(setImmediate)

/** A place whose finds and end are in the hand of the test. */
class Place implements Stage<string> {
  started = false
  signal: AbortSignal = never
  readonly #ended = Promise.withResolvers<void>()
  readonly #afterMs: number
  #found: (find: string) => void = () => undefined

  constructor(afterMs = 0) {
    this.#afterMs = afterMs
  }

  afterMs(): number {
    return this.#afterMs
  }

  async look(found: (find: string) => void, signal: AbortSignal): Promise<void> {
    this.started = true
    this.signal = signal
    this.#found = found
    await this.#ended.promise
  }

  find(what: string): this {
    this.#found(what)
    return this
  }

  end(): void {
    this.#ended.resolve()
  }

  fail(error: Error): void {
    this.#ended.reject(error)
  }
}

interface Scene {
  readonly clock: TestClock
  readonly places: readonly [Place, Place]
  readonly finds: string[]
  readonly good: Set<string>
  readonly hedged: Hedged<string>
  readonly reading: Promise<void>
}

const scene = (signal = never): Scene => {
  const clock = new TestClock()
  const places = [new Place(), new Place(30)] as const
  const finds: string[] = []
  const good = new Set<string>()
  const hedged = new Hedged(places, { clock, isFound: () => good.size > 0 })
  const read = async (): Promise<void> => {
    for await (const find of hedged.run(signal)) {
      finds.push(find)
      good.add(find)
    }
  }
  return { clock, places, finds, good, hedged, reading: read() }
}

describe('looking in one place after the other', () => {
  test('hands over finds as they are made, and ends with the last place', async () => {
    const { clock, places: [first, second], finds, reading } = scene()
    await turn()
    first.find('a').find('b')
    await turn()
    assert.deepEqual([finds, second.started], [['a', 'b'], false])
    first.end()
    await turn()
    assert.ok(!second.started, 'what was found may be enough')
    clock.advance(1000)
    await turn()
    second.find('c').end()
    await reading
    assert.deepEqual(finds, ['a', 'b', 'c'])
  })

  test('goes to the next place at once when the first has nothing', async () => {
    const { places: [first, second], finds, reading } = scene()
    await turn()
    first.end()
    await turn()
    second.find('c').end()
    await reading
    assert.deepEqual(finds, ['c'])
  })

  test('goes to the next place when the first is slower than usual, and still takes what it finds', async () => {
    const { clock, places: [first, second], finds, reading } = scene()
    await turn()
    clock.advance(29)
    await turn()
    assert.ok(!second.started)
    clock.advance(1)
    await turn()
    assert.ok(second.started)
    second.end()
    first.find('late').end()
    await reading
    assert.deepEqual(finds, ['late'])
  })

  test('looks further after a second when more is asked for, or at once when what was found is good no longer', async () => {
    for (const isLost of [false, true]) {
      const { clock, places: [first, second], good, hedged, reading } = scene()
      await turn()
      first.find('a').end()
      clock.advance(999)
      await turn()
      assert.ok(!second.started)
      if (isLost) good.clear()
      else clock.advance(1)
      hedged.wake()
      await turn()
      assert.ok(second.started)
      second.end()
      await reading
    }
  })

  test('starts nothing while nobody asks for more', async () => {
    const clock = new TestClock()
    const places = [new Place(), new Place(30)] as const
    const run = new Hedged(places, { clock, isFound: () => true }).run(never)
    const first = run.next()
    await turn()
    places[0].find('a')
    assert.deepEqual(await first, { done: false, value: 'a' })
    clock.advance(60_000)
    await turn()
    assert.ok(!places[1].started)
    await run.return(undefined)
    assert.ok(places[0].signal.aborted, 'who looks is told to stop')
  })

  test('throws what a place throws, and the reason of its signal', async () => {
    const failing = scene()
    await turn()
    failing.places[0].fail(new Error('a bug'))
    await assert.rejects(failing.reading, /a bug/)
    const controller = new AbortController()
    const given = scene(controller.signal)
    await turn()
    controller.abort(new Error('enough'))
    await assert.rejects(given.reading, /enough/)
    await until('the place is told', () => given.places[0].signal.aborted)
    await assert.rejects(scene(AbortSignal.abort(new Error('never began'))).reading, /never began/)
  })
})
