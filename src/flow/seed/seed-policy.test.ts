import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, type IdentityId, isGgenError, isPackageName, LIMITS, type PackageName, parsePackageName } from '#core'
import { isFollowed, readSeedPolicy } from './seed-policy.ts'

const ADA = `bafyrei${'a'.repeat(52)}` as IdentityId
const BOB = `bafyrei${'b'.repeat(51)}e` as IdentityId
const named = (name: string, identity = ADA): { identity: IdentityId; name: PackageName } => ({ identity, name: parsePackageName(name) })
const policy = (...follow: readonly string[]): ReturnType<typeof readSeedPolicy> => readSeedPolicy({ follow, all: false })
const follows = (pattern: string, name: string, identity?: IdentityId): boolean => isFollowed(policy(pattern), named(name, identity))

const label = fc.stringMatching(/^[a-z0-9]{1,6}$/)
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')).filter(isPackageName)

describe('the seed policy', () => {
  it('reads names, prefixes, scopes, namespaces and publishers', () => {
    assert.ok(follows('io.ggen.rust', 'io.ggen.rust'))
    assert.ok(follows('io.ggen.*', 'io.ggen.rust.cli'))
    assert.ok(follows('@ada/*', '@ada/tool'))
    assert.ok(follows('team/*', 'team/tool'))
    assert.ok(follows(`@${BOB}`, 'whatever', BOB))
    assert.ok(!follows('io.ggen.*', 'io.ggen'))
    assert.ok(!follows('io.ggen.*', 'io.ggenx.rust'))
    assert.ok(!follows('team/*', '@team/tool'))
    assert.ok(!follows(`@${BOB}`, 'whatever', ADA))
  })

  it('follows a name under any publisher, and a publisher under any name', () => {
    fc.assert(fc.property(name, fc.constantFrom(ADA, BOB), (one, identity) => {
      assert.ok(follows(one, one, identity))
      assert.ok(follows(`@${identity}`, one, identity))
    }))
  })

  it('a prefix covers exactly the names below it', () => {
    fc.assert(fc.property(name, name, (prefix, other) => {
      assert.equal(follows(`${prefix}.*`, other), other.startsWith(`${prefix}.`))
    }))
  })

  it('more patterns never follow less, and their order does not matter', () => {
    const pattern = fc.oneof(name, name.map((one) => `${one}.*`), fc.constantFrom(`@${ADA}`, '@ada/*'))
    fc.assert(fc.property(fc.array(pattern, { maxLength: 6 }), pattern, name, (follow, more, one) => {
      const before = isFollowed(policy(...follow), named(one))
      const after = isFollowed(policy(more, ...follow), named(one))
      assert.equal(after, before || follows(more, one))
      assert.equal(isFollowed(policy(...follow, more), named(one)), after)
    }))
  })

  it('names the pattern that means nothing, and says how to keep everything', () => {
    for (const pattern of ['', 'Big', '*x', 'a*', '@', '@bafyrei', 'con', '../a']) {
      const names = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.includes(JSON.stringify(pattern))
      assert.throws(() => policy(pattern), names)
    }
    assert.throws(() => policy('*'), (error) => isGgenError(error, 'config-invalid') && error.hint.includes('seed.all'))
    assert.throws(() => policy(...Array.from({ length: LIMITS.followPatterns + 1 }, (_, n) => `a${n}`)), { code: 'config-invalid' })
  })

  it('lets nothing but coded errors out for any text', () => {
    fc.assert(fc.property(fc.array(fc.string()), (follow) => {
      try {
        policy(...follow)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'config-invalid', String(error))
      }
    }))
  })
})
