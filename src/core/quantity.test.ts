import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from './errors.ts'
import { parseDuration, parseRate, parseSize } from './quantity.ts'

const says = (text: string) => (error: unknown) => isGgenError(error, 'config-invalid') && error.message.includes(JSON.stringify(text))

const refuses = (parse: (text: string) => unknown, texts: readonly string[]): void => {
  for (const text of texts) assert.throws(() => parse(text), says(text), text)
}

describe('parseSize', () => {
  it('reads sizes', () => {
    const table: readonly (readonly [string, number | undefined])[] = [
      ['1', 1], ['500B', 500], ['500 kB', 500_000], ['2KB', 2000], ['1.5MB', 1_500_000], ['10GB', 1e10], ['2 TB', 2e12], ['1KiB', 1024],
      ['10 GiB', 10 * 2 ** 30], ['0.5KiB', 512], ['none', undefined],
    ]
    for (const [text, bytes] of table) assert.equal(parseSize(text), bytes, text)
  })

  it('refuses everything else', () => {
    refuses(parseSize, ['', '0', '-1', '1e9', ' 1', '1 ', '1  MB', '1mb', '1Mb', '8Mbit', '5MB/s', '1,5MB', '.5MB', '5.MB'])
    refuses(parseSize, ['None', '9999999 TB', '0.1', '٣MB', 'constructor', '1constructor'])
  })
})

describe('parseRate', () => {
  it('reads rates', () => {
    const table: readonly (readonly [string, number | undefined])[] = [
      ['8192', 8192], ['5MB', 5_000_000], ['500 kB/s', 500_000], ['8 Mbit', 1_000_000], ['100Mbit/s', 12_500_000], ['1Gbit', 125_000_000], ['800kbit', 100_000],
      ['65536bit', 8192], ['1.5 MiB/s', 1_572_864], ['none', undefined],
    ]
    for (const [text, bytes] of table) assert.equal(parseRate(text), bytes, text)
  })

  it('refuses everything else, and what would stall every transfer', () => {
    refuses(parseRate, ['', '0', 'none/s', '5MB/s/s', '5MB/h', '5 /s MB', '5mbit', '5Mb', '/s', 'MB', '1 GB/s ', '8191', '5', '8kB', '64 kbit'])
  })
})

describe('parseDuration', () => {
  it('reads times', () => {
    const times = [['5', 5000], ['30s', 30_000], ['1.5 min', 90_000], ['10m', 600_000], ['2h', 7_200_000]] as const
    for (const [text, ms] of times) assert.equal(parseDuration(text), ms, text)
  })

  it('refuses everything else', () => {
    refuses(parseDuration, ['', 'none', '5M', '5ms', '5 Min', '-1s', '1e3', '9999999999999999h'])
  })
})

describe('quantities', () => {
  it('are as large as they are written, with and without a blank', () => {
    const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
    const amounts = fc.integer({ min: 8192, max: 1_000_000 })
    fc.assert(fc.property(amounts, fc.constantFrom(...Object.entries(units)), fc.constantFrom('', ' '), (amount, [unit, factor], gap) => {
      assert.equal(parseSize(`${amount}${gap}${unit}`), amount * factor)
      assert.equal(parseRate(`${amount}${gap}${unit}/s`), amount * factor)
    }))
  })

  it('are whole, countable numbers or coded errors, for any text', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,17}(\.[0-9]{0,10})? ?[kKMGT]?i?(B|bit)?(\/s)?$/))
    fc.assert(fc.property(text, fc.constantFrom(parseSize, parseRate), (one, parse) => {
      try {
        const bytes = parse(one)
        assert.ok(bytes === undefined ? one === 'none' : Number.isSafeInteger(bytes) && bytes > 0)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'config-invalid', String(error))
      }
    }), { numRuns: 3000 })
  })
})
