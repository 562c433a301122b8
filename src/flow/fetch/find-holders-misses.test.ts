import { LIMITS } from '#core'
import { until } from '#testing'
import { encodeHaveAnswer } from '#wire'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digest, HaveScene, SOUGHT, turn, WHOLE } from './have-scene.conformance.ts'

const never = new AbortController().signal

describe('a miss', () => {
  test('is remembered for a few seconds: nobody is asked again', async () => {
    const scene = new HaveScene()
    const peer = scene.peer(undefined)
    for (const _ of [1, 2, 3]) assert.deepEqual(await Array.fromAsync(scene.finder.find(SOUGHT, never)), [])
    assert.equal(peer.asked, 1)
    peer.held = WHOLE
    scene.clock.advance(5000)
    assert.deepEqual(await scene.all(), [peer.self])
  })

  test('is none while a connected peer has given no answer: too busy, or silent', async () => {
    const scene = new HaveScene()
    scene.peer(undefined)
    const peer = scene.peer(WHOLE)
    for (const state of ['isBusy', 'isMute'] as const) {
      peer[state] = true
      assert.deepEqual(await scene.all(), [])
      peer[state] = false
      assert.deepEqual(await scene.all(), [peer.self])
      scene.finder.holders.remove(digest, peer.self)
    }
  })

  test('is none when somebody connected while others were asked', async () => {
    const scene = new HaveScene()
    const gate = Promise.withResolvers<void>()
    const slow = scene.hub.join()
    scene.hub.link(scene.reader.self, slow.self)
    let isAsked = false
    slow.answer('/ggen/have/1', async () => {
      isAsked = true
      await gate.promise
      return encodeHaveAnswer({ held: [undefined], bulk: undefined })
    })
    const { found, over } = scene.search()
    await until('the slow one is asked', () => isAsked)
    const late = scene.peer(WHOLE)
    gate.resolve()
    await over
    assert.deepEqual(found, [])
    assert.deepEqual(await scene.all(), [late.self])
  })

  test('is forgotten when somebody connects', async () => {
    const scene = new HaveScene()
    assert.deepEqual(await Array.fromAsync(scene.finder.find(SOUGHT, never)), [])
    const late = scene.peer(WHOLE)
    assert.deepEqual(await scene.all(), [late.self])
  })

  test('is forgotten when somebody says it has it', async () => {
    const scene = new HaveScene()
    const peer = scene.peer(undefined)
    assert.deepEqual(await Array.fromAsync(scene.finder.find(SOUGHT, never)), [])
    peer.held = WHOLE
    await scene.finder.glance(digest, never)
    assert.deepEqual(await scene.all(), [peer.self])
  })

  test('is none when the search was left', async () => {
    const scene = new HaveScene()
    const peer = scene.peer(undefined, { isMute: true })
    const controller = new AbortController()
    const { over } = scene.search(controller.signal)
    await until('it is asked', () => peer.asked === 1)
    controller.abort(new Error('enough'))
    await assert.rejects(over)
    let isOver = false
    const again = scene.search().over.then(() => (isOver = true))
    await turn()
    assert.ok(!isOver, 'it waits for an answer')
    scene.clock.advance(LIMITS.haveTimeoutMs)
    await again
  })
})
