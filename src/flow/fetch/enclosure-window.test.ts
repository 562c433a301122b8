import { LIMITS } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnclosureWindow } from './enclosure-window.ts'

test('a quick peer may enclose more and more, up to the limit', () => {
  const window = new EnclosureWindow()
  assert.ok(window.bytes >= LIMITS.enclosedBlobBytes, 'from the first answer on')
  for (let n = 0; n < 10; n++) window.answered(3)
  assert.equal(window.bytes, LIMITS.enclosedBytes)
})

test('a slow one less and less, and in the end nothing', () => {
  const window = new EnclosureWindow()
  const seen: number[] = []
  for (let n = 0; n < 5; n++) {
    window.answered(700)
    seen.push(window.bytes)
  }
  assert.deepEqual(seen, [32_768, 16_384, 0, 0, 0])
  window.answered(200)
  assert.equal(window.bytes, 0, 'neither quick nor slow changes nothing')
})

test('one whose answer was lost encloses nothing until it is quick again', () => {
  const window = new EnclosureWindow()
  window.lost()
  assert.equal(window.bytes, 0)
  window.answered(3)
  assert.equal(window.bytes, 16_384)
})
