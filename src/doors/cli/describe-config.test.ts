import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ShownSetting } from '#config'
import { configPathText, configReadText, settingsRemark, settingsText } from './describe-config.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 120 }, { NO_COLOR: '1' })

const SETTINGS: readonly ShownSetting[] = [
  { key: 'p2p.mdns', value: true, from: { kind: 'default', name: '' }, by: 'node' },
  { key: 'registry.private', value: ['@acme/*'], from: { kind: 'file', name: '/c.toml: registry.private' }, by: 'node' },
  { key: 'location.region', from: { kind: 'default', name: '' }, by: 'node', idle: 'as for `location.latitude`' },
]

describe('settings', () => {
  it('are shown with their values, and with where these came from', () => {
    assert.equal(settingsText({ settings: SETTINGS, remarks: [] }, look, false).split('\n')[2], 'registry.private  ["@acme/*"]')
    const lines = settingsText({ settings: SETTINGS, remarks: [] }, look, true).split('\n').map((line) => line.split(/ {2,}/))
    assert.deepEqual(lines.slice(0, 4), [
      ['KEY', 'VALUE', 'FROM'], ['p2p.mdns', 'true', 'default'], ['registry.private', '["@acme/*"]', '/c.toml: registry.private'],
      ['location.region', '-', 'default; no effect: as for location.latitude'],
    ])
  })

  it('are shown beside what the running node has, where it differs', () => {
    const [first, ...others] = SETTINGS
    assert(first !== undefined)
    const differing = [{ ...first, running: { value: false, from: { kind: 'option', name: '--no-mdns' } } as const }, ...others]
    const lines = settingsText({ settings: differing, remarks: [] }, look, false).split('\n').map((line) => line.split(/ {2,}/))
    assert.deepEqual(lines.slice(0, 2), [['KEY', 'VALUE', 'RUNNING NODE'], ['p2p.mdns', 'true', 'false (--no-mdns)']])
    const remark = settingsRemark({ remarks: ['one'], settings: differing })
    assert.equal(remark, 'one\nthe running node took other settings when it started; restart it to apply these')
    assert.equal(settingsRemark({ remarks: [], settings: SETTINGS }), undefined)
  })

  it('come with remarks on what has no effect', () => {
    assert.equal(settingsRemark({ remarks: ['one', 'two'] }), 'one\ntwo')
    assert.equal(settingsRemark({ remarks: [] }), undefined)
  })

  it('come from files', () => {
    assert.equal(configPathText({ files: [{ path: '/c.toml', exists: false }] }, look), 'FILE     THERE\n/c.toml  no\n')
    assert.equal(configReadText({ files: [] }), 'everything that is configured can be right, and there is no file\n')
    assert.equal(configReadText({ files: [{ path: '/c.toml', exists: true }] }), 'everything that is configured can be right: /c.toml\n')
  })
})
