import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReleaseOp } from '#core'
import { createViews } from '#flow/verify'
import { memoryCatalogue, memoryTrustStore } from '#store'
import { keyPairFromSeed, openOp, type PackageView } from '#trust'
import { Publisher, seeded, TestClock } from '#testing'
import { InstallCheck } from './install-check.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const scene = (coolDownMs = DAY) => {
  const [ada, trust, catalogue, clock] = [new Publisher('ada'), memoryTrustStore(), memoryCatalogue(), new TestClock()]
  const views = createViews(catalogue)
  catalogue.putOp(openOp(ada.genesis))
  const check = new InstallCheck({ trust, catalogue, views, clock, coolDownMs, isOwn: (identity) => trust.ownHead({ identity }) !== undefined })
  const publish = (version: string, at = Math.floor(clock.now() / 1000)): ReleaseOp => {
    const release = ada.release('tool', version, { at })
    catalogue.putOp(release)
    return release
  }
  const view = (): PackageView => {
    const found = views.package(ada.identity, publish0.body.name)
    assert(found !== undefined)
    return found
  }
  const publish0 = publish('1.0.0', Math.floor((clock.now() - 100 * DAY) / 1000))
  return { ada, trust, catalogue, clock, check, publish, view, first: publish0 }
}

describe('the age of a release', () => {
  test('keeps a new version back for a day, and an old one not at all', () => {
    const { check, clock, publish, first } = scene()
    const second = publish('1.1.0')
    assert.deepEqual([first, second].map((release) => check.isTooYoung(release)), [false, true])
    clock.advance(DAY)
    assert.equal(check.isTooYoung(second), false)
    assert.equal(scene(0).check.isTooYoung(second), false)
  })

  test('is not what a release says of itself where this node knows better', () => {
    const { check, clock, catalogue, publish } = scene()
    catalogue.noteInStep(clock.now())
    clock.advance(HOUR)
    assert.equal(check.isTooYoung(publish('99.0.0', Math.floor((clock.now() - 50 * DAY) / 1000))), true)
  })

  test('holds nobody back from what is his own', () => {
    const { check, trust, ada, publish } = scene()
    trust.putOwnOp(openOp(ada.genesis))
    assert.equal(check.isTooYoung(publish('1.1.0')), false)
  })
})

describe('what was seen before', () => {
  test('has to be there: a catalogue that lacks it is older than it was', () => {
    const { check, trust, ada, view, publish, first } = scene()
    const second = publish('1.1.0')
    const key = { identity: ada.identity, name: first.body.name }
    check.assertNotRolledBack(key)
    check.remember(second, view())
    check.assertNotRolledBack(key)
    const older = scene()
    older.trust.memory.putSeen(trust.memory.seen(ada.identity, first.body.name) ?? assert.fail('it was not remembered'))
    assert.throws(() => older.check.assertNotRolledBack(key), { code: 'rollback', details: { name: 'tool', missing: [second.id] } })
  })

  test('measures what comes: a release that newly asks for scripts is refused', () => {
    const { check, view, publish, first } = scene()
    check.assertNoDowngrade(first, view())
    check.remember(first, view())
    const second = publish('1.1.0')
    check.assertNoDowngrade(second, view())
    const scripted = { ...second, body: { ...second.body, scripts: true } }
    assert.throws(() => check.assertNoDowngrade(scripted, view()), { code: 'downgrade', message: /asks for install scripts/ })
  })

  test('is the newest release below it that counts, where its publisher has disowned it', () => {
    const { check, ada, view, publish, first } = scene()
    const disowned = publish('1.1.0')
    check.remember({ ...disowned, feed: keyPairFromSeed(seeded('stolen').bytes(32)).publicKey, body: { ...disowned.body, scripts: true } }, view())
    assert.equal(check.installedLast({ identity: ada.identity, name: first.body.name }), '1.1.0')
    assert.throws(() => check.assertNoDowngrade(first, view()), { code: 'downgrade', message: /a key that had not signed before/ })
    const without = (version: string): PackageView => ({ ...view(), releases: new Map([...view().releases].filter(([slot]) => slot !== version)) })
    check.assertNoDowngrade(first, without('1.1.0'))
    const next = publish('1.2.0')
    check.assertNoDowngrade(next, without('1.1.0'))
    const scripted = { ...next, body: { ...next.body, scripts: true } }
    assert.throws(() => check.assertNoDowngrade(scripted, without('1.1.0')), { code: 'downgrade', message: /weaker than 1\.0\.0, which/ })
  })
})
