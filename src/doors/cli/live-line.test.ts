import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LiveLine } from './live-line.ts'

const screen = (): { readonly written: string[]; readonly write: (text: string) => void; readonly isTTY: true } => {
  const written: string[] = []
  return { written, write: (text) => void written.push(text), isTTY: true }
}

describe('LiveLine', () => {
  it('is drawn over itself, at most ten times a second', () => {
    const terminal = screen()
    let now = 5
    const line = new LiveLine(terminal, () => now)
    for (; now < 1005; now += 1) line.show(() => `at ${now}`)
    assert.equal(terminal.written.length, 10)
    assert.deepEqual(terminal.written.slice(0, 2), ['\r\u001b[Kat 5', '\r\u001b[Kat 105'])
  })

  it('is gone when it is disposed, and never was there when nothing was shown', () => {
    const [used, unused] = [screen(), screen()]
    {
      using line = new LiveLine(used)
      using _silent = new LiveLine(unused)
      line.show(() => 'text')
      line[Symbol.dispose]()
    }
    assert.deepEqual(used.written, ['\r\u001b[Ktext', '\r\u001b[K'])
    assert.deepEqual(unused.written, [])
  })
})
