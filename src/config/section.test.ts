import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { isTable, Section, valueOf } from './section.ts'

describe('Section', () => {
  it('reads keys of every kind, and remarks on those that nobody asked for', () => {
    const section = new Section('/c.toml', 'x', { yes: true, word: 'w', many: ['a', 1], words: ['a'], size: 5, rate: '5MB', spare: 1, inner: { left: 1 } })
    assert.deepEqual([section.boolean('yes'), section.text('word'), section.list('many'), section.texts('words')], [true, 'w', ['a', 1], ['a']])
    assert.deepEqual([section.quantity('size'), section.quantity('rate'), section.raw('inner')], ['5', '5MB', { left: 1 }])
    assert.deepEqual(section.remarks(), ['/c.toml: x.spare has no effect'])
    assert.deepEqual(section.inner('inner', { left: 1 }).remarks(), ['/c.toml: x.inner.left has no effect'])
    assert.throws(() => section.texts('many'), (error) => isGgenError(error, 'config-invalid') && error.message.startsWith('/c.toml: x.many'))
  })

  it('gives what it says or a coded error for any value, and nothing for what is inherited', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      const section = new Section('/c.toml', 'x', { key: value })
      for (const read of ['boolean', 'text', 'quantity', 'list', 'texts'] as const) {
        assert.equal(section[read]('toString'), undefined)
        try {
          section[read]('key')
        } catch (error) {
          assert.ok(error instanceof GgenError && error.code === 'config-invalid')
        }
      }
    }))
    assert.equal(valueOf({}, 'constructor'), undefined)
    assert.deepEqual([isTable({}), isTable([]), isTable(new Date(0)), isTable(null)], [true, false, false, false])
  })
})
