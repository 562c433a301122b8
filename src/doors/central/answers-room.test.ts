import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { AnswersRoom } from './answers-room.ts'

test('so many bytes are under way at a time, and whoever took his makes room', () => {
  const room = new AnswersRoom(100)
  const [one, other] = [new EventEmitter() as ServerResponse, new EventEmitter() as ServerResponse]
  room.take(one, 60)
  assert.throws(() => room.take(other, 41), (error) => isGgenError(error, 'too-busy'))
  room.take(other, 40)
  one.emit('close')
  room.take(one, 60)
  assert.throws(() => room.take(one, 1), (error) => isGgenError(error, 'too-busy'))
})
