import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askCommand, outputOf } from './ask-command.ts'

const script = (text: string): readonly string[] => ['-e', text]

describe('askCommand', () => {
  it('resolves to what a program prints, with the environment that it is given', async () => {
    assert.equal(await askCommand(process.execPath, script('console.log(" " + process.env.WORD)'), { env: { ...process.env, WORD: 'said' } }), 'said')
  })

  it('has no answer of one that fails, is not there or never stops talking', async () => {
    const { env } = process
    assert.equal(await askCommand(process.execPath, script('console.log(1); process.exit(3)'), { env }), undefined)
    assert.equal(await askCommand('there-is-no-such-program', [], { env }), undefined)
    assert.equal(await askCommand(process.execPath, script('setInterval(() => console.log("again ".repeat(10_000)))'), { env }), undefined)
    await assert.rejects(outputOf('there-is-no-such-program', [], { env }), { code: 'ENOENT' })
  })

  it('ends when it is told to', async () => {
    const stop = new AbortController()
    const asked = askCommand(process.execPath, script('setInterval(() => {}, 1000)'), { env: process.env, signal: stop.signal })
    stop.abort(new Error('enough'))
    await assert.rejects(asked, /enough/)
  })
})
