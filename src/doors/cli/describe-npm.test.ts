import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ServedReply } from '#doors/control'
import { npmReportText, npmText } from './describe-npm.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true }, { NO_COLOR: '1' })
const served = (from: ServedReply['from'], more: Partial<ServedReply> = {}): ServedReply =>
  ({ at: 0, name: 'a', version: '1.0.0', from, bytes: 1000, firstByteMs: 1, durationMs: 2, client: 'npm', ...more })

it('says where package managers ask, and what to type', () => {
  const text = npmText({ url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://registry.example/'], scopes: [], cacheBytes: 2000 }, look)
  assert.match(text, /127\.0\.0\.1:4003[^]*registry\.example[^]*ggen with npm ci/)
})

it('says where archives came from, and what went wrong', () => {
  const lost = served('nowhere', { bytes: 0, trouble: 'no-holder: gone' })
  const text = npmReportText({ served: [served('disk'), served('peer', { peer: 'p' }), served('peer', { peer: 'p' }), lost] }, look)
  assert.match(text, /from this disk +1 archive, 1/)
  assert.match(text, /from peers +2 archives[^]*\(1 peer\)/)
  assert.match(text, /a@1\.0\.0: no-holder: gone/)
})
