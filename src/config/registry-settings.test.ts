import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'smol-toml'
import { isGgenError } from '#core'
import type { Platform } from './environment.ts'
import { DEFAULT_REGISTRY, type RegistrySettings } from './registry-settings.ts'
import { toConfig } from './to-config.ts'

const LINUX: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1000 }

const read = (toml: string, env: Readonly<Record<string, string>> = {}): RegistrySettings =>
  toConfig({ flags: {}, env, platform: LINUX, files: { dotGgen: false, config: { path: '/c.toml', table: parse(`[registry]\n${toml}`) } } }).registry

describe('the settings of registries', () => {
  it('have no address of their own', () => {
    assert.deepEqual(read(''), DEFAULT_REGISTRY)
    assert.equal(DEFAULT_REGISTRY.centralUrl, undefined)
  })

  it('are read from the file', () => {
    const toml = `mode = "p2p"\nprefer = "p2p-first"\ncentral_url = "https://packages.example/ggen/"\ncentral_private = true\ntoken = "t"\nprivate = ["@acme/*"]
      timeout = "2s"\nretries = 0\ncache_packages = 5\ncache_ttl = "1 min"`
    assert.deepEqual(read(toml), {
      mode: 'p2p', prefer: 'p2p-first', centralUrl: 'https://packages.example/ggen', centralIsPrivate: true, token: 't', privateNames: ['@acme/*'],
      timeoutMs: 2000, retries: 0, cachePackages: 5, cacheTtlMs: 60_000,
    })
  })

  it('are taken from the environment before the file', () => {
    const env = { GGEN_REGISTRY_URL: 'file:///srv/mirror', GGEN_REGISTRY_MODE: 'central', GGEN_REGISTRY_PREFER: 'p2p-first', GGEN_PUBLISH_TOKEN: 'b' }
    const { centralUrl, mode, prefer, token, retries } = read('mode = "p2p"\ncentral_url = "http://a.example"\nretries = 1', env)
    assert.deepEqual([centralUrl, mode, prefer, token, retries], ['file:///srv/mirror', 'central', 'p2p-first', 'b', 1])
    assert.equal(read('', { ...env, GGEN_REGISTRY_TOKEN: 'a' }).token, 'a')
  })

  it('refuse what cannot be right, and never show a secret', () => {
    const wrong = [
      'mode = "peers"', 'prefer = "first"', 'central_url = "ftp://a.example"', 'central_url = "a.example"', 'central_url = "https://u:secret@a.example"',
      'central_url = "https://a.example/#secret"', 'token = "secret secret"',
      'timeout = 0', 'timeout = "1h"', 'retries = 11', 'retries = -1', 'cache_ttl = "2 d"',
      'private = [""]', 'cache_packages = "many"',
    ]
    for (const toml of wrong) {
      const key = toml.split(' ')[0] ?? ''
      const isSo = (error: unknown): boolean =>
        isGgenError(error, 'config-invalid') && new RegExp(`registry.${key}`).test(error.message) && !/secret/.test(error.message)
      assert.throws(() => read(toml), isSo, toml)
    }
    assert.throws(() => read('', { GGEN_REGISTRY_TOKEN: 'secret secret' }), (error) => isGgenError(error, 'config-invalid') && !/secret/.test(error.message))
  })
})
