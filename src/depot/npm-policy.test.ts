import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { isGgenError } from '#core'
import { parseDenyRule, parseNpmName } from '#npm'
import { DepotScene, going, TOOL } from './depot-scene.conformance.ts'
import type { DocumentWish } from './documents.ts'
import { assertAllowed, heldBackOf, type NpmPolicy } from './npm-policy.ts'

const DAY = 24 * 60 * 60 * 1000
const policyOf = (changes: { readonly deny?: readonly string[]; readonly minAgeMs?: number }): NpmPolicy =>
  ({ acceptedKeys: new Set(), denied: (changes.deny ?? []).map(parseDenyRule), minAgeMs: changes.minAgeMs ?? 0, believesTeam: false })
const wish: DocumentWish = { isAbbreviated: false, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false }
const isDenied = (error: unknown): boolean => isGgenError(error, 'denied')

/** What is offered of `tool`, and its latest. */
const offered = async (scene: DepotScene, how: Partial<DocumentWish> = {}): Promise<string> => {
  const { bytes } = await scene.depot.document(TOOL, { ...wish, ...how }, going)
  const { versions, 'dist-tags': tags } = JSON.parse(gunzipSync(bytes).toString()) as { versions: object; 'dist-tags': { latest?: string } }
  return `${Object.keys(versions).join(' ')}, latest ${tags.latest}`
}

describe('what the operator wants of npm registries', () => {
  it('holds back what is younger, in steps that never shorten the time', () => {
    const policy = policyOf({ minAgeMs: 3 * DAY })
    const beforeAt = (now: number): number => heldBackOf(policy, { name: TOOL, now, anyAge: false }).before ?? Number.NaN
    const now = 1000 * DAY + 12_345
    assert.ok(beforeAt(now) <= now - 3 * DAY && beforeAt(now) > now - 3 * DAY - 60 * 60_000)
    assert.equal(beforeAt(1000 * DAY), 997 * DAY)
    assert.equal(heldBackOf(policy, { name: TOOL, now, anyAge: true }).before, undefined)
    assert.equal(heldBackOf(policyOf({}), { name: TOOL, now, anyAge: false }).before, undefined)
  })

  it('refuses what a rule names, and says which', () => {
    const policy = policyOf({ deny: ['tool@2', 'gone'] })
    assert.throws(() => assertAllowed(policy, TOOL, '2.1.0'), (error) => isDenied(error) && /tool@2/.test(String((error as { hint?: string }).hint)))
    assert.throws(() => assertAllowed(policy, parseNpmName('gone')), isDenied)
    assertAllowed(policy, TOOL, '1.0.0')
    assertAllowed(policy, TOOL)
  })
})

describe('a depot', () => {
  it('offers no version that is denied, and gives nobody its archive', async () => {
    await using scene = new DepotScene(undefined, undefined, policyOf({ deny: ['tool@2'] }))
    scene.registry.publishAt({ '1.0.0': 0, '2.0.0': 0 })
    assert.equal(await offered(scene), '1.0.0, latest 1.0.0')
    assert.equal(await offered(scene, { isAbbreviated: true }), '1.0.0, latest 1.0.0')
    assert.equal((await scene.read('1.0.0')).from, 'upstream')
    await assert.rejects(scene.read('2.0.0'), isDenied)
  })

  it('gives nothing of a package that is denied', async () => {
    await using scene = new DepotScene(undefined, undefined, policyOf({ deny: ['tool'] }))
    scene.registry.publishAt({ '1.0.0': 0 })
    await assert.rejects(offered(scene), isDenied)
    await assert.rejects(scene.read('1.0.0'), isDenied)
    assert.equal(scene.registry.asked.length, 0)
  })

  it('offers versions once they are old enough, in both forms, and gives younger ones to who names them', async () => {
    await using scene = new DepotScene(undefined, undefined, policyOf({ minAgeMs: DAY }))
    const now = scene.clock.now()
    scene.registry.publishAt({ '1.0.0': now - 3 * DAY, '2.0.0': now - DAY / 2 })
    for (const isAbbreviated of [false, true]) assert.equal(await offered(scene, { isAbbreviated }), '1.0.0, latest 1.0.0')
    const { etag, modifiedAt } = await scene.depot.document(TOOL, wish, going)
    assert.equal(modifiedAt, undefined)
    assert.equal(await offered(scene, { anyAge: true }), '1.0.0 2.0.0, latest 2.0.0')
    assert.equal((await scene.read('2.0.0')).from, 'upstream')
    scene.clock.advance(DAY / 2 + 2 * 60 * 60_000)
    for (const isAbbreviated of [false, true]) assert.equal(await offered(scene, { isAbbreviated }), '1.0.0 2.0.0, latest 2.0.0')
    assert.notEqual((await scene.depot.document(TOOL, wish, going)).etag, etag)
  })
})
