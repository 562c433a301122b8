import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'smol-toml'
import { ROWS } from './settings.ts'
import { nearestKey, showSettings, type ShownSetting } from './show-settings.ts'

const show = (toml: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof showSettings> =>
  showSettings({ flags: {}, env, files: { dotGgen: false, config: { path: '/c.toml', table: parse(toml) } } })

const of = (settings: readonly ShownSetting[], key: string): ShownSetting | undefined => settings.find((one) => one.key === key)

describe('showSettings', () => {
  it('knows what was meant by a mistyped key', () => {
    assert.deepEqual([nearestKey('p2p.max_conections'), nearestKey('nonsense')], ['p2p.max_connections', undefined])
  })

  it('shows every setting once, with its value and where that came from', () => {
    const { settings, remarks } = show('[p2p]\nrequest_timeout_secs = 5', { GGEN_P2P_MAX_CONNECTIONS: '50' })
    assert.equal(settings.length, ROWS.length)
    assert.deepEqual(of(settings, 'p2p.request_timeout'), {
      key: 'p2p.request_timeout', value: '5 s', from: { kind: 'file', name: '/c.toml: p2p.request_timeout_secs' }, by: 'node',
    })
    assert.deepEqual(of(settings, 'p2p.max_connections')?.from, { kind: 'variable', name: 'GGEN_P2P_MAX_CONNECTIONS' })
    assert.deepEqual(of(settings, 'storage.quota'), { key: 'storage.quota', value: '10 GiB', from: { kind: 'default', name: '' }, by: 'node' })
    assert.equal(Object.hasOwn(of(settings, 'registry.central_url') ?? {}, 'value'), false)
    assert.deepEqual(remarks, [])
  })

  it('never shows a secret, and says why what is idle changes nothing', () => {
    const { settings } = show('[registry]\ntoken = "hush"\n[location]\nregion = "eu"')
    assert.equal(of(settings, 'registry.token')?.value, 'set')
    assert.ok(!JSON.stringify(settings).includes('hush'))
    assert.match(of(settings, 'location.region')?.idle ?? '', /location\.latitude/)
    assert.ok(of(settings, 'RUST_LOG')?.idle !== undefined)
  })
})
