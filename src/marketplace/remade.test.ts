import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Remade } from './remade.ts'

test('what is asked for by several is made once, and again only when its mark has changed', async () => {
  let [mark, count] = [0, 0]
  const remade = new Remade(async () => (count += 1), () => mark)
  assert.deepEqual(await Promise.all([remade.get(), remade.get()]), [1, 1])
  assert.equal(await remade.get(), 1)
  mark = 1
  assert.deepEqual(await Promise.all([remade.get(), remade.get()]), [2, 2])
})

test('what could not be made fails for all who waited, and is made anew for the next', async () => {
  let count = 0
  const remade = new Remade(async () => {
    count += 1
    if (count === 1) throw new RangeError('no')
    return count
  }, () => '')
  const [first, second] = await Promise.allSettled([remade.get(), remade.get()])
  assert.deepEqual([first.status, second.status], ['rejected', 'rejected'])
  assert.equal(await remade.get(), 2)
})
