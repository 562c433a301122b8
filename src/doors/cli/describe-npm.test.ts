import assert from 'node:assert/strict'
import { it } from 'node:test'
import { npmOutcomeText, npmText } from './describe-npm.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true }, { NO_COLOR: '1' })
it('says where package managers ask, and what to type', () => {
  const text = npmText({ url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://registry.example/'], scopes: [], cacheBytes: 2000 }, look)
  assert.match(text, /127\.0\.0\.1:4003[^]*registry\.example[^]*ggen with npm ci/)
})

it('says where nothing was installed', () => {
  const remark = 'nobody has installed anything through this node'
  assert.deepEqual(npmOutcomeText({ kind: 'npm-report', value: { served: [], installs: [] } }, look), { result: '', remark })
})
