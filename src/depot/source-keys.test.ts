import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Events, NPM_LIMITS } from '#core'
import { keyIdOf, makeSigningKey, parseRegistryKeys, toRegistryKey } from '#npm'
import { seeded } from '#testing'
import { DepotScene, going } from './depot-scene.conformance.ts'
import { SourceKeys } from './source-keys.ts'

const [FIRST, SECOND] = [makeSigningKey(seeded('1')), makeSigningKey(seeded('2'))]
const PATH = '-/npm/v1/keys'

const over = ({ records, clock }: DepotScene, ...acceptedKeys: readonly string[]): SourceKeys =>
  new SourceKeys({ records, clock, events: new Events(), acceptedKeys: new Set(acceptedKeys) })
const ids = (keys: { readonly text: string } | undefined): unknown => keys && parseRegistryKeys(keys.text).map(({ keyid }) => keyid)

describe('SourceKeys', () => {
  it('asks once for what many want, keeps it for the next start, and asks again in the background when it is old', async () => {
    await using scene = new DepotScene()
    scene.registry.listKeys(FIRST)
    const keys = over(scene)
    assert.equal(keys.known(scene.source), undefined)
    for (const one of await Promise.all([keys.of(scene.source, going), keys.of(scene.source, going)])) assert.deepEqual(ids(one), [FIRST.keyid])
    assert.deepEqual(ids(over(scene).known(scene.source)), [FIRST.keyid])
    scene.registry.listKeys(SECOND, FIRST)
    scene.clock.advance(NPM_LIMITS.keysFreshMs)
    assert.deepEqual(ids(await keys.of(scene.source, going)), [FIRST.keyid])
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(ids(keys.known(scene.source)), [SECOND.keyid, FIRST.keyid])
    assert.equal(scene.registry.asksFor(PATH), 2)
  })

  it('knows nothing while a registry does not say, asks it not more than once a minute, and takes it for no sign that it is down', async () => {
    await using scene = new DepotScene()
    scene.registry.says.set(PATH, { status: 503 })
    const keys = over(scene)
    assert.deepEqual([await keys.of(scene.source, going), await keys.of(scene.source, going)], [undefined, undefined])
    assert.deepEqual([scene.registry.asksFor(PATH), scene.source.refusal], [1, undefined])
    scene.registry.listKeys(FIRST)
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    assert.deepEqual(ids(await keys.of(scene.source, going)), [FIRST.keyid])
  })

  it('takes a registry without such a path for one without keys, and does not believe it later that it has none any more', async () => {
    await using scene = new DepotScene()
    assert.deepEqual(ids(await over(scene).of(scene.source, going)), [])
    scene.registry.listKeys(FIRST)
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    assert.deepEqual(ids(await over(scene).anew(scene.source, going)), [FIRST.keyid])
    scene.registry.says.delete(PATH)
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    assert.deepEqual(ids(await over(scene).anew(scene.source, going)), [FIRST.keyid])
  })

  it('takes keys that the operator names in the place of those from before', async () => {
    await using scene = new DepotScene()
    scene.registry.listKeys(FIRST)
    await over(scene).of(scene.source, going)
    scene.registry.listKeys(SECOND)
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    assert.deepEqual(ids(await over(scene).anew(scene.source, going)), [FIRST.keyid])
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    const accepted = keyIdOf(toRegistryKey(SECOND).publicKey)
    assert.deepEqual(ids(await over(scene, accepted).anew(scene.source, going)), [SECOND.keyid, FIRST.keyid])
  })
})
