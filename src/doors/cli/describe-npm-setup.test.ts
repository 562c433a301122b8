import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NpmSetUpReply } from './commands/outcome.ts'
import { npmSetUpText } from './describe-npm-setup.ts'
import { lookOf } from './look.ts'

const look = lookOf({ write: () => undefined, isTTY: true, columns: 80 }, { NO_COLOR: '1' })
const reply: NpmSetUpReply = {
  state: 'planned', whose: 'project', files: [{ path: '/p/.npmrc', changes: [{ before: 'registry=a\u001b', after: 'registry=b' }, { after: 'c=d' }] }],
  apart: ['@x'], scopes: ['@acme', '@b'],
}
const kind = 'npm-set-up'

describe('npmSetUpText', () => {
  it('shows what would be written, line by line', () => {
    assert.deepEqual(npmSetUpText({ kind, value: reply }, look), { result: '/p/.npmrc\n  - registry=a\n  + registry=b\n  + c=d\n' })
  })

  it('says what was written, and what follows from it', () => {
    const { result, remark = '' } = npmSetUpText({ kind, value: { ...reply, state: 'written' } }, look)
    assert.equal(result, 'wrote /p/.npmrc\n')
    assert.match(remark, /ggen npm unsetup --project\n[^]*commit it only[^]*\n@x stays/)
    assert.match(remark, /minimumReleaseAgeExclude: \["@acme\/\*", "@b\/\*"\]\n {2}\.yarnrc\.yml: npmPreapprovedPackages: \["@acme/)
    const user = npmSetUpText({ kind, value: { ...reply, state: 'written', whose: 'user', apart: [], scopes: [] } }, look)
    assert.doesNotMatch(user.remark ?? '', /commit|minimumReleaseAge/)
    assert.deepEqual(npmSetUpText({ kind: 'npm-taken-out', value: { ...reply, state: 'written' } }, look), { result: 'wrote /p/.npmrc\n' })
  })

  it('says where there is nothing to do', () => {
    const value = { ...reply, state: 'unchanged', files: [] } as const
    assert.deepEqual((['npm-set-up', 'npm-taken-out'] as const).map((one) => npmSetUpText({ kind: one, value }, look).remark),
      ['everything is set up already', 'there is nothing to take out'])
  })
})
