import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import type { Depot } from '#depot'
import { makeSigningKey, toRegistryKey } from '#npm'
import { seeded } from '#testing'
import { sendKeys, sendSearch } from './send-own.ts'
import type { Conversation } from './send.ts'

const HIT = { name: '@acme/thing', version: '1.0.0', description: 'a thing', tags: ['x'], score: 0.5 }

interface Sent {
  readonly keys: readonly { readonly keyid: string }[]
  readonly objects: readonly { readonly package: { readonly name: string; readonly maintainers?: unknown } }[]
  readonly total: number
}

/** What is sent where the registry says this. */
const sent = async (work: (conversation: Conversation, depot: Depot) => Promise<void>, upstream: () => unknown, changes: object = {}) => {
  const source = {
    ask: async () => {
      const said = upstream()
      const body = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from(typeof said === 'string' ? said : JSON.stringify(said ?? null))
      }
      return { status: said === undefined ? 404 : 200, header: () => undefined, body: body(), cancel: () => undefined }
    },
  }
  const ownKey = toRegistryKey(makeSigningKey(seeded('door')))
  const depot = { sources: { usual: () => source }, search: async () => [HIT], ownKey, ...changes } as unknown as Depot
  let answer = ''
  const response = { writeHead: () => response, end: (text: string) => (answer = text) }
  await work({ response: response as unknown as ServerResponse, signal: new AbortController().signal } as Conversation, depot)
  return JSON.parse(answer) as Sent
}

const down = (): never => {
  throw new GgenError('registry-unreachable', 'it is down')
}

describe('what a registry and this node say together', () => {
  it('are keys: those that the registry is known by, and that of this node', async () => {
    const theirs = toRegistryKey(makeSigningKey(seeded('theirs')))
    const keysOf = async (upstream: readonly unknown[], changes: object = {}) => await sent(sendKeys, down, { upstreamKeys: async () => upstream, ...changes })
    assert.deepEqual((await keysOf([theirs])).keys.map(({ keyid }) => keyid === theirs.keyid), [true, false])
    assert.equal((await keysOf([])).keys.length, 1)
    await assert.rejects(keysOf([], { ownKey: undefined }), { code: 'registry-failed' })
  })

  it('are packages that match: those of the network first, on the first page', async () => {
    const search = (query: string, upstream: () => unknown) => sent((conversation, depot) => sendSearch(conversation, depot, query), upstream)
    const found = await search('text=thing', () => ({ objects: [{ package: { name: 'other' } }], total: 40 }))
    assert.deepEqual([found.objects.map((one) => one.package.name), found.total], [['@acme/thing', 'other'], 41])
    assert.deepEqual(found.objects[0]?.package.maintainers, [{ username: 'unknown', email: '' }])
    assert.deepEqual((await search('text=thing&from=20', () => ({ objects: [], total: 40 }))).objects, [])
    assert.equal((await search('text=thing', down)).total, 1)
  })
})
