import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestFromBytes, GgenError, type PackageName, type Version } from '#core'
import type { CheckedPackage } from './commands/outcome.ts'
import { removedText, verifiedText } from './describe-projects.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const plainLook: Look = { isTTY: true, columns: 120, bold: same, dim: same, red: same, command: 'ggen' }

const checked = (name: string, more: Partial<CheckedPackage>): CheckedPackage => ({
  name: name as PackageName, version: '1.0.0' as Version, digest: digestFromBytes(new Uint8Array(32)), path: `/p/${name}`, state: 'whole', differences: [],
  ...more,
})

describe('what people read about the packages of a project', () => {
  it('is one line for each, and one for each file that differs', () => {
    const changed = checked('b', { state: 'changed', differences: [{ path: 'x\u001b[1m', what: 'extra' }, { path: '', what: 'missing' }] })
    const unknown = checked('c', { state: 'unknown', error: new GgenError('blob-not-found', 'gone') })
    assert.equal(
      verifiedText([checked('a', {}), changed, unknown], plainLook),
      'whole    a 1.0.0\nchanged  b 1.0.0\n  x[1m does not belong to it\n  the package is gone\nunknown  c 1.0.0: gone\n',
    )
    assert.equal(removedText([{ name: 'a' as PackageName, version: '1.0.0' as Version, path: '/p/a' }], plainLook), 'removed a 1.0.0\n')
  })
})
