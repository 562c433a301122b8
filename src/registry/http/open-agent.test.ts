import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { suite, test } from 'node:test'
import { isGgenError } from '#core'
import { openAgent } from './open-agent.ts'

suite('Connections to a registry', () => {
  test('are made for one protocol, so many at a time', () => {
    for (const [protocol, kind] of [['http:', Agent], ['https:', SecureAgent]] as const) {
      const agent = openAgent(protocol, { connections: 3 })
      assert.deepEqual([agent.constructor, agent.maxSockets, agent.maxFreeSockets], [kind, 3, 3])
      agent.destroy()
    }
  })

  test('are refused with a proxy, a certificate or a key that is none, without telling what it was', () => {
    const refused = (error: unknown): boolean => isGgenError(error, 'config-invalid') && !String(error).includes('secret')
    for (const wrong of [{ proxy: 'socks5://me:secret@127.0.0.1:1' }, { proxy: 'secret' }, { cert: 'secret' }, { key: 'secret' }]) {
      assert.throws(() => openAgent('https:', { connections: 1, ...wrong }), refused, JSON.stringify(wrong))
    }
    assert.throws(() => openAgent('http:', { connections: 1, proxy: 'secret' }), refused)
  })
})
