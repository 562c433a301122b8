import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import {
  anyText, decimal, isTable, type Kind, located, invalid, orOff, type Place, type Plain, port, rate, short, size, span, spanText, texts, textual, valueOf,
  whole, word, yesOrNo,
} from './kind.ts'

const place = (remarks: string[] = []): Place => ({ from: 'HERE', remark: (text) => void remarks.push(text) })
const isWrong = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.startsWith('HERE: ')

/** What is right as a text and in a file, and what is wrong in either. */
const check = <T>(kind: Kind<T>, right: readonly (readonly [Plain, T])[], wrong: readonly unknown[]): void => {
  for (const [given, value] of right) {
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    assert.deepEqual(kind.fromToml(given, place()), value, text)
    if (!Array.isArray(given)) assert.deepEqual(kind.fromText(text, place()), value, text)
    assert.deepEqual(kind.fromToml(kind.write(value), place()), value, `written: ${text}`)
  }
  for (const given of wrong) {
    assert.throws(() => kind.fromToml(given, place()), isWrong, JSON.stringify(given))
    if (typeof given === 'string') assert.throws(() => kind.fromText(given, place()), isWrong, given)
  }
}

describe('kinds of values', () => {
  it('are switches and words', () => {
    check(yesOrNo, [[true, true], [false, false]], [1, 'perhaps', null, []])
    assert.deepEqual(['1', 'On', 'YES', '0', 'off', 'no'].map((text) => yesOrNo.fromText(text, place())), [true, true, true, false, false, false])
    check(word(['a', 'b']), [['a', 'a'], ['b', 'b']], ['A', 'c', 1, true])
    check(word(['Ed25519'], { isLoose: true }), [['ed25519', 'Ed25519']], ['RSA'])
    check(anyText, [['x', 'x'], ['', '']], [1, {}])
    check(textual((text) => text.toUpperCase()), [['x', 'X']], [1])
  })

  it('are numbers within bounds', () => {
    check(whole({ least: 3, most: 20 }), [[3, 3], ['20', 20]], [2, 21, 3.5, '-3', '3 ', 'x', '1'.repeat(12), true, NaN])
    check(decimal({ least: -1, most: 1 }), [[0.25, 0.25], ['-1', -1]], [1.01, 'x', '1e3', Infinity])
    const remarks: string[] = []
    assert.equal(whole({ least: 1, most: 20, cut: 'that is all' }).fromText('25', place(remarks)), 20)
    assert.deepEqual(remarks, ['HERE: 25 counts as 20: that is all'])
    assert.throws(() => whole({ least: 1, most: 20, cut: 'x' }).fromText('0', place()), isWrong)
  })

  it('are spans of time, where a number alone counts what the key says', () => {
    const bounds = { least: 500, most: 3_600_000 }
    check(span(bounds), [['500ms', 500], ['30s', 30_000], ['5 min', 300_000], [30, 30_000], ['1.5', 1500], ['1h', 3_600_000]], [
      '2h', '1ms', 'soon', -1, '', [], 0,
    ])
    check(span(bounds, 'ms'), [[1000, 1000], ['1s', 1000]], [499])
    check(span(bounds, 'min'), [[5, 300_000]], [61])
    assert.deepEqual([500, 90_000, 60_000, 86_400_000, 0].map(spanText), ['500 ms', '90 s', '1 min', '1 d', '0 s'])
  })

  it('are sizes, rates and ports', () => {
    check(size(), [['500MB', 5e8], ['none', 'none'], [1, 1], ['10 GiB', 10 * 2 ** 30]], ['much', 0, -1, '1.5.5', null])
    check(size(1_000_000), [[1024, 1_024_000_000], ['none', 'none']], ['x'])
    check(rate, [['8 Mbit/s', 1_000_000], [1_000_000, 1_000_000], ['none', 'none']], ['slow', 1])
    check(port(0), [[0, 0], ['65535', 65_535], ['off', 'off']], [65_536, -1, 'x', true, null])
    check(port(1), [[4003, 4003]], [0])
    assert.equal(port(0).fromToml(false, place()), 'off')
    check(orOff(span({ least: 1000, most: 60_000 })), [['5 s', 5000], ['off', 'off']], ['2 h', true, 'x'])
    assert.equal(orOff(port(1)).fromToml(false, place()), 'off')
  })

  it('are lists, which a variable has with commas', () => {
    const list = texts((given) => given)
    check(list, [[['a', 'b'], ['a', 'b']]], [[1], null, {}])
    assert.throws(() => list.fromToml('a', place()), isWrong)
    assert.deepEqual(list.fromText(' a ,,b,', place()), ['a', 'b'])
  })

  it('say where a wrong value stands, and let no other error pass for one', () => {
    assert.equal(invalid('HERE', 'no').message, 'HERE: no')
    assert.throws(() => located(() => { throw new GgenError('config-invalid', 'no') }, 'HERE'), isWrong)
    assert.throws(() => located(() => { throw new RangeError('a bug') }, 'HERE'), RangeError)
    assert.equal(short('x'.repeat(50)).length, 42)
    assert.deepEqual([isTable({}), isTable([]), isTable(new Date()), isTable(null)], [true, false, false, false])
    assert.equal(valueOf(Object.create({ inherited: 1 }) as Record<string, unknown>, 'inherited'), undefined)
  })

  it('read again what they wrote, and throw nothing but coded errors', () => {
    const bounds = { least: 0, most: 10 ** 9 }
    const spans = [span(bounds), span(bounds, 'ms')]
    const kinds = [yesOrNo, whole(bounds), decimal(bounds), ...spans, size(), size(1e6), rate, port(0), orOff(span(bounds)), anyText, texts((given) => given)]
    const given = fc.oneof(fc.jsonValue(), fc.nat(10 ** 9), fc.constantFrom('none', 'off', '5 min', '10 GiB', '8 Mbit', '1.5GB', '90 s'))
    fc.assert(fc.property(given, fc.constantFrom<Kind<unknown>>(...kinds), (value, kind) => {
      try {
        const read = kind.fromToml(value, place())
        assert.deepEqual(kind.fromToml(kind.write(read), place()), read)
      } catch (error) {
        if (!isWrong(error)) throw error
      }
    }), { numRuns: 2000 })
  })
})
