import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { TestClock } from '#testing'
import type { HttpAnswer, HttpClient } from './http-client.ts'
import { HURRIED, PATIENT } from './next-try.ts'
import { ask } from './questions.ts'
import { readBody } from './read-reply.ts'

const going = (): AbortSignal => new AbortController().signal
const settled = (): Promise<void> => new Promise(setImmediate)

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

const answer = (status: number, text = '', headers: Readonly<Record<string, string>> = {}): HttpAnswer =>
  ({ status, header: (name) => headers[name], body: chunks(text), cancel: () => undefined })

const refusal = (code: string): string => JSON.stringify({ error: { code, message: 'because', hint: 'do so' } })

/** Asks a server that answers with these, one after the other. */
const asking = (answers: readonly (HttpAnswer | Error)[], clock = new TestClock(), patience = PATIENT): { readonly text: Promise<string>; asked: number } => {
  const scene = { asked: 0, text: Promise.resolve('') }
  const http: HttpClient = {
    ask: async (_question, signal) => {
      const next = answers[scene.asked]
      scene.asked += 1
      if (next === undefined) return await new Promise<HttpAnswer>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
      if (next instanceof Error) throw next
      return next
    },
    [Symbol.dispose]: () => undefined,
  }
  const read = async (good: HttpAnswer): Promise<string> => Buffer.from(await readBody(good)).toString()
  scene.text = ask({ http, clock, name: 'central', patience }, { method: 'GET', path: 'x' }, { signal: going(), read })
  return scene
}

suite('A question to a server', () => {
  test('takes what it says in our words, with its hint', async () => {
    const said = [[404, 'package-not-found'], [404, 'blob-not-found'], [403, 'denied'], [409, 'conflict'], [502, 'integrity'], [507, 'disk-full']] as const
    for (const [status, code] of said) {
      await assert.rejects(asking([answer(status, refusal(code))]).text, (error) => {
        assert.ok(isGgenError(error, code))
        assert.deepEqual([error.message, error.hint], ['central: because', 'do so'])
        return true
      })
    }
  })

  test('takes everything else for a failure of its own, also a refusal of something that stands before it', async () => {
    const others = [[404, ''], [404, '{}'], [500, refusal('internal')], [503, refusal('daemon-not-running')], [400, 'x'], [401, ''], [403, '<html>']] as const
    for (const [status, text] of others) await assert.rejects(asking([answer(status, text)]).text, (error) => isGgenError(error, 'registry-failed'))
    await assert.rejects(asking([answer(413, '<html>')]).text, (error) => isGgenError(error, 'archive-too-large'))
  })

  test('comes back when a busy server says when, and not when others can be asked', async () => {
    const busy = (): HttpAnswer => answer(429, '', { 'retry-after': '2' })
    const clock = new TestClock()
    const patient = asking([busy(), answer(200, 'good')], clock)
    await settled()
    clock.advance(2000)
    assert.equal(await patient.text, 'good')
    await assert.rejects(asking([busy(), answer(200, 'good')], clock, HURRIED).text, (error) => isGgenError(error, 'too-busy'))
  })

  test('asks again after each time-out, and then tells of it', async () => {
    const clock = new TestClock()
    const scene = asking([], clock)
    const ended = assert.rejects(scene.text, (error) => isGgenError(error, 'timeout'))
    for (let step = 0; step < 400; step++) {
      clock.advance(50)
      await settled()
    }
    await ended
    assert.equal(scene.asked, PATIENT.tries)
  })

  test('passes on what is no failure of the server', async () => {
    const defect = new GgenError('internal', 'a defect')
    await assert.rejects(asking([defect, answer(200)]).text, (error) => error === defect)
  })
})
