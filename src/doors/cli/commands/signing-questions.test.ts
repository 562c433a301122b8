import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { SigningQuestions } from './signing-questions.ts'
import type { Ask } from './world.ts'

const never = new AbortController().signal

/** A keyboard: what is typed goes to whoever reads just then, or waits for whoever does next. */
const keyboard = (): Ask & { type(line: string): void; end(): void; readonly shown: string[]; readonly readers: () => number } => {
  const shown: string[] = []
  const ahead: string[] = []
  const readers = new Set<{ readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }>()
  const visible: Ask['visible'] = async (question, signal) => {
    signal.throwIfAborted()
    shown.push(question)
    const typed = ahead.shift()
    if (typed !== undefined) return typed
    const reader = Promise.withResolvers<string>()
    readers.add(reader)
    signal.addEventListener('abort', () => reader.reject(signal.reason as Error), { once: true })
    try {
      return await reader.promise
    } finally {
      readers.delete(reader)
    }
  }
  return {
    shown, visible, hidden: visible, readers: () => readers.size,
    type: (line) => (readers.size === 0 ? ahead.push(line) : readers.forEach(({ resolve }) => resolve(line))),
    end: () => readers.forEach(({ reject }) => reject(new GgenError('cancelled', 'nobody answered'))),
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

describe('SigningQuestions', () => {
  it('takes y for yes and everything else for no', async () => {
    for (const [typed, isYes] of [['y', true], ['YES', true], [' y ', true], ['', false], ['n', false], ['yn', false], ['yes please', false]] as const) {
      const keys = keyboard()
      await using questions = new SigningQuestions({ ask: keys, say: assert.fail, onGone: assert.fail })
      const answer = questions.confirm('publish tool 1.2.0', never)
      await turns()
      keys.type(typed)
      assert.equal(await answer, isYes, typed)
    }
  })

  it('drops what is typed before a question', async () => {
    const keys = keyboard()
    await using questions = new SigningQuestions({ ask: keys, say: assert.fail, onGone: assert.fail })
    for (const line of ['y', 'yes', 'y']) {
      keys.type(line)
      await turns()
    }
    let answered = false
    const answer = questions.confirm('publish tool 1.2.0', never)
    void answer.then(() => (answered = true))
    await turns()
    assert.deepEqual([answered, keys.readers()], [false, 1])
    keys.type('n')
    assert.equal(await answer, false)
  })

  it('says that nobody waits any more, and asks the next question as if nothing had been', async () => {
    const keys = keyboard()
    const said: string[] = []
    await using questions = new SigningQuestions({ ask: keys, say: (line) => void said.push(line), onGone: assert.fail })
    const controller = new AbortController()
    const left = questions.confirm('publish tool 1.2.0', controller.signal)
    await turns()
    controller.abort(new Error('it left'))
    await assert.rejects(left, /it left/)
    assert.equal(said.length, 1)
    const next = questions.confirm('publish tool 1.3.0', never)
    await turns()
    keys.type('y')
    assert.equal(await next, true)
  })

  it('tells when the input ends, during a question and between two', async () => {
    for (const asks of [false, true]) {
      const keys = keyboard()
      let gone = 0
      await using questions = new SigningQuestions({ ask: keys, say: assert.fail, onGone: () => (gone += 1) })
      const answer = asks ? questions.confirm('publish tool 1.2.0', never) : undefined
      const refused = answer === undefined ? undefined : assert.rejects(answer, /nobody answered/)
      await turns()
      keys.end()
      await refused
      await turns()
      keys.end()
      await turns()
      assert.equal(gone, 1)
    }
  })
})
