import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '#config'
import { parseRegistryAddress } from '#core'
import { openRegistries } from './open-registries.ts'

const USUAL: Config['registry'] = {
  mode: 'hybrid', prefer: 'central-first', centralUrl: undefined, centralIsPrivate: false, token: undefined, tokens: new Map(), privateNames: [],
  timeoutMs: 5000, retries: 3, cachePackages: 1000, cacheTtlMs: 300_000,
}

const opened = (registry: Partial<Config['registry']>, isNetworkPrivate = false): ReturnType<typeof openRegistries> =>
  openRegistries({ registry: { ...USUAL, ...registry }, isNetworkPrivate, home: '/nowhere' })

test('a server is asked where one is named, and peers unless they are not wanted', async () => {
  const centralUrl = 'http://127.0.0.1:1/ggen'
  for (const [mode, hasServer, asksPeers] of [['hybrid', true, true], ['central', true, false], ['p2p', false, true]] as const) {
    await using registries = opened({ mode, centralUrl })
    assert.deepEqual([registries.central?.id, registries.asksPeers], [hasServer ? centralUrl : undefined, asksPeers], mode)
  }
  await using none = opened({ centralUrl: undefined })
  assert.equal(none.central, undefined)
  await using folder = opened({ centralUrl: 'file:///srv/registry' })
  assert.deepEqual([folder.central?.id, folder.central?.isForeign], ['file:///srv/registry', true])
})

test('a server is handed what is published only with a token', async () => {
  const centralUrl = 'http://127.0.0.1:1'
  await using without = opened({ centralUrl })
  await using withOne = opened({ centralUrl, token: 'secret' })
  await using peers = opened({ centralUrl, token: 'secret', mode: 'p2p' })
  assert.deepEqual([without.hasToken, withOne.hasToken, peers.hasToken], [false, true, true])
  const id = parseRegistryAddress('http://127.0.0.1:2')
  await using named = opened({ tokens: new Map([[id, 'secret']]) })
  assert.deepEqual([...(named.namedTokens ?? [])], [id])
})

test('the public network hears no private name, and one that the operator named may', async () => {
  await using here = opened({ privateNames: ['@acme/*', 'secret'] })
  assert.deepEqual(['@acme/tool', 'secret', 'secrets', 'tool'].map((name) => here.isPrivateName(name)), [true, true, false, false])
  assert.equal(here.isNetworkPrivate, false)
  await using own = opened({}, true)
  assert.equal(own.isNetworkPrivate, true)
})
