import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { IdentityId, PackageName, Version } from '#core'
import type { VouchedReply } from '#doors/control'
import { staleRemark, voucherText, vouchedText } from './describe-vouched.ts'
import { lookOf } from './look.ts'

const LOOK = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const REPLY: VouchedReply = {
  name: 'tool' as PackageName, version: '1.0.0' as Version, source: 'https://packs.example/', standing: 'disputed', without: 'no archive\u001B[31m',
  summary: { title: 'Tool', description: '', tags: ['a'], category: 'b', license: 'MIT', author: 'Ada' }, holders: 0, asOf: 0,
  versions: [{ version: '1.0.0' as Version, standing: 'disputed' }],
}

it('says of a package of an index that nobody signed it, when the index was read, and why it cannot be installed', () => {
  const text = vouchedText(REPLY, LOOK)
  const said = ['https://packs.example/ vouches for its digest; nobody signed it', 'it does not answer now', '1.0.0 (disputed)', 'not from there: no archive']
  for (const part of said) {
    assert.ok(text.includes(part), part)
  }
  assert.ok(!text.includes('\u001B'), 'what an index says is only text')
})

it('names who answers for something, and an index that is away', () => {
  assert.equal(voucherText({ source: 'folder:x' }), 'folder:x')
  assert.notEqual(voucherText({ identity: `bafyrei${'a'.repeat(52)}` as IdentityId }), '')
  assert.equal(staleRemark({ total: 0, results: [] }), undefined)
  assert.match(staleRemark({ total: 0, results: [], stale: { source: 'folder:x' } }) ?? '', /folder:x does not answer/)
})
