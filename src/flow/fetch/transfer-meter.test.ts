import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TransferMeter } from './transfer-meter.ts'

test('tells at most four times a second how fast it went lately and how long it will take', () => {
  const meter = new TransferMeter(100_000)
  assert.equal(meter.measure(20_000, 0), undefined, 'what is here at the beginning came before')
  assert.equal(meter.measure(21_000, 200), undefined)
  assert.deepEqual(meter.measure(22_500, 250), { bytesPerSecond: 10_000, remainingMs: 7750 })
  assert.equal(meter.measure(23_000, 499), undefined)
  for (let ms = 500; ms <= 4000; ms += 250) meter.measure(22_500, ms)
  assert.deepEqual(meter.measure(22_500, 4250), { bytesPerSecond: 0 }, 'what came before the last three seconds is forgotten')
  assert.deepEqual(meter.measure(52_500, 4500)?.bytesPerSecond, 10_000)
})

test('what is here never falls, and is never more than the whole', () => {
  const meter = new TransferMeter(1000)
  meter.measure(0, 0)
  meter.measure(800, 1000)
  assert.equal(meter.measure(600, 2000)?.bytesPerSecond, 400)
  assert.equal(meter.receivedBytes, 800)
  assert.equal(meter.measure(1200, 3000)?.remainingMs, 0)
  assert.equal(meter.receivedBytes, 1000)
})
