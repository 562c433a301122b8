import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { nearest } from './nearest.ts'

describe('nearest', () => {
  it('finds what was meant by a text with few typing errors, and nothing else', () => {
    const known = ['p2p.mdns', 'p2p.light', 'p2p.max_connections']
    assert.equal(nearest('p2p.mnds', known), 'p2p.mdns')
    assert.equal(nearest('p2p.lihgt', known), 'p2p.light')
    assert.equal(nearest('p2p.max_conections', known), 'p2p.max_connections')
    assert.equal(nearest('p2p.maxconnections', known), 'p2p.max_connections')
    for (const far of ['', 'x', 'storage.quota', 'p2p.'.repeat(100)]) assert.equal(nearest(far, known), undefined, far)
  })

  it('finds every text with a letter too many, too few, another one, or two that changed places', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abcdefgh_.'), minLength: 4, maxLength: 30 })
    fc.assert(fc.property(text, fc.nat(), fc.constantFrom('add', 'drop', 'change', 'swap'), (meant, seed, how) => {
      const at = seed % (meant.length - 1)
      const [head, rest] = [meant.slice(0, at), meant.slice(at)]
      const swap = `${head}${rest[1]}${rest[0]}${rest.slice(2)}`
      const typed = { add: `${head}z${rest}`, drop: head + rest.slice(1), change: `${head}z${rest.slice(1)}`, swap }[how]
      assert.equal(nearest(typed, ['something.else.altogether.that.is.long', meant]), meant)
    }))
  })
})
