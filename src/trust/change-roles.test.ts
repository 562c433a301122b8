import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GenesisOp, type PublicKey, type RevokedKey } from '#core'
import { Publisher } from '#testing'
import { changeRoles, domainsOf } from './change-roles.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { openOp } from './open-op.ts'
import { viewIdentity } from './view-identity.ts'
import { viewPackage } from './view-package.ts'

const ada = new Publisher('ada')
const view = viewIdentity(ada.identity, [openOp(ada.genesis) as GenesisOp])
assert(view !== undefined)
const [one, two, three] = ['1.0.0', '1.1.0', '1.2.0'].map((version) => ada.release('tool', version))
assert(one !== undefined && two !== undefined && three !== undefined)
const { name } = one.body
const tool = viewPackage(view, name, [one, two, three])
const other = viewPackage(view, ada.release('other', '1.0.0').body.name, [])
const fresh: PublicKey = keyPairFromSeed(new Uint8Array(32).fill(3)).publicKey
const replace = (notMine: RevokedKey['notMine']) => ({ add: [{ key: fresh, names: ['*'] }], revoke: [{ key: ada.feed, notMine }] })

test('What is not changed stays', () => {
  const { root, recovery, release, need } = view.roles
  assert.deepEqual(changeRoles(view, {}, [tool]), { root, recovery, release, need, revoked: [], domains: [] })
  assert.deepEqual(domainsOf(view), [])
})

test('A key that goes is revoked, and what it signed until then is confirmed', () => {
  const body = changeRoles(view, replace([]), [tool, other])
  assert.deepEqual(body.release.map(({ key }) => key), [fresh])
  assert.deepEqual(body.revoked, [{ key: ada.feed, feeds: [{ name, head: three.id }] }])
})

test('Nothing is confirmed from the first release on that its owner did not make', () => {
  const stolen = replace([three, two].map(({ body: { name, version } }) => ({ name, version })))
  assert.deepEqual(changeRoles(view, stolen, [tool]).revoked, [{ key: ada.feed, feeds: [{ name, head: one.id }] }])
  const all = replace([{ name, version: one.body.version }])
  assert.deepEqual(changeRoles(view, all, [tool]).revoked, [{ key: ada.feed, feeds: [] }])
})

test('Terms of a key are replaced, and human 0 is none', () => {
  const body = changeRoles(view, { add: [{ key: ada.feed, names: ['tool'], auto: true }], human: 0 }, [])
  assert.deepEqual([body.release, body.revoked, body.human], [[{ key: ada.feed, names: ['tool'], auto: true }], [], undefined])
})

test('A change that names what is not there, or leaves too few keys, is refused', () => {
  assert.throws(() => changeRoles(view, { revoke: [{ key: fresh, notMine: [] }] }, []), { code: 'usage' })
  assert.throws(() => changeRoles(view, { revoke: [{ key: ada.feed, notMine: [] }] }, []), { code: 'usage' })
  assert.throws(() => changeRoles(view, { need: 2 }, []), { code: 'usage' })
  assert.throws(() => changeRoles(view, replace([{ name, version: '9.0.0' as typeof one.body.version }]), [tool]), { code: 'usage' })
})
