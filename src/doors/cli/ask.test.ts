import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { askOn, type Keyboard } from './ask.ts'

const never = new AbortController().signal

/** A keyboard that a test types on, and the screen beside it. */
class TestTerminal extends EventEmitter implements Keyboard {
  readonly events: string[] = []
  readonly screen = { write: (text: string) => void this.events.push(JSON.stringify(text)), isTTY: true }

  setRawMode(isRaw: boolean): void {
    this.events.push(isRaw ? 'raw' : 'cooked')
  }

  resume(): void {
    this.events.push('resume')
  }

  pause(): void {
    this.events.push('pause')
  }

  type(text: string): void {
    this.emit('data', Buffer.from(text))
  }

  get listened(): number {
    return this.eventNames().length
  }
}

describe('asking at a terminal', () => {
  it('shows nothing of a hidden line, and leaves the terminal as it was', async () => {
    const terminal = new TestTerminal()
    const answer = askOn(() => terminal, terminal.screen).hidden('secret: ', never)
    terminal.type('s3cr')
    terminal.type('et\r')
    assert.equal(await answer, 's3cret')
    assert.deepEqual(terminal.events, ['"secret: "', 'raw', 'resume', 'pause', 'cooked', JSON.stringify('\n')])
    assert.equal(terminal.listened, 0)
  })

  it('lets the terminal itself show a visible line', async () => {
    const terminal = new TestTerminal()
    const answer = askOn(() => terminal, terminal.screen).visible('name: ', never)
    terminal.type('ada\n')
    assert.equal(await answer, 'ada')
    assert.deepEqual(terminal.events, ['"name: "', 'resume', 'pause'])
  })

  it('takes what was typed ahead for the next question', async () => {
    const terminal = new TestTerminal()
    const ask = askOn(() => terminal, terminal.screen)
    const first = ask.hidden('first: ', never)
    terminal.type('one\rtwo\r')
    assert.deepEqual([await first, await ask.hidden('second: ', never)], ['one', 'two'])
  })

  it('ends with the terminal as it was when it is interrupted, out of time, or nobody is there', async () => {
    const endings: readonly (readonly [(terminal: TestTerminal, controller: AbortController) => void, string])[] = [
      [(terminal) => terminal.type('abc\u0003'), 'cancelled'],
      [(_, controller) => controller.abort(new GgenError('timeout', 'over')), 'timeout'],
      [(terminal) => terminal.emit('end'), 'cancelled'],
      [(terminal) => terminal.emit('error', new Error('gone')), 'cancelled'],
    ]
    for (const [end, code] of endings) {
      const [terminal, controller] = [new TestTerminal(), new AbortController()]
      const answer = askOn(() => terminal, terminal.screen).hidden('secret: ', controller.signal)
      end(terminal, controller)
      await assert.rejects(answer, (error) => isGgenError(error) && error.code === code, code)
      assert.deepEqual(terminal.events.slice(-3, -1), ['pause', 'cooked'])
      assert.equal(terminal.listened, 0)
    }
    const terminal = new TestTerminal()
    const before = AbortSignal.abort(new GgenError('cancelled', 'before'))
    await assert.rejects(askOn(() => terminal, terminal.screen).visible('x', before), (error) => isGgenError(error, 'cancelled'))
  })
})
