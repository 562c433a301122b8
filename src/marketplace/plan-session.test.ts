import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GgenError, type PackageName, parsePackageName } from '#core'
import { memoryHub } from '#network'
import { handedOver, openMarketplace, TestClock } from '#testing'
import { composePlan } from './compose-plan.ts'
import type { Candidates } from './install-gate.ts'
import { PlanSession, type PlanSources } from './plan-session.ts'
import { type PlanSourceParts, signedOptions } from './plan-sources.ts'
import { openOp, viewIdentity, viewPackage } from '#trust'
import type { ChainOp, ReleaseOp } from '#core'

const never = new AbortController().signal
const APP = parsePackageName('app')
/** Of the archive of the one release. */
let SIZE = 0
const WISHES = [{ name: APP, optional: false }]

/** A real release of a package that wants another one, its document, and what a gate says of it. */
const released = async (manifest: object): Promise<{ readonly candidates: Candidates; readonly release: ReleaseOp; readonly document: Uint8Array }> => {
  const clock = new TestClock()
  await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const receipt = await node.publish({ 'package.json': JSON.stringify({ name: 'app', version: '1.0.0', ...manifest }) }, 'ada')
  const { envelopes } = await handedOver(node, receipt)
  const [chain, release] = [envelopes.slice(0, 1).map(openOp) as ChainOp[], openOp(envelopes.at(-1) ?? assert.fail()) as ReleaseOp]
  const identity = viewIdentity(receipt.identity, chain) ?? assert.fail()
  const view = viewPackage(identity, receipt.name, [release])
  SIZE = release.body.artifact.sizeBytes
  const { digest, sizeBytes } = release.body.metadata
  const document = await node.blobs.read(digest, { offset: 0, length: sizeBytes })
  const whyNone = (): GgenError => new GgenError('version-not-found', 'there is none')
  return { candidates: { view, releases: [...view.releases.values()], lookAlikes: [], whyNone }, release, document }
}

/** What the sources of a test say. */
interface Said extends Pick<PlanSourceParts, 'bringSmall'> {
  readonly candidates: (name: PackageName) => Promise<Candidates>
  /** Whether archives are here. */
  readonly isHeld: boolean
  readonly assertNoDowngrade: () => void
}

const session = (said: Partial<Said>, isOffline = false): PlanSession => {
  const { candidates = () => Promise.reject(new GgenError('package-not-found', 'nobody')), isHeld = false, assertNoDowngrade = () => undefined } = said
  const blobs = { size: async () => (isHeld ? SIZE : undefined) } as unknown as PlanSourceParts['blobs']
  const parts = {
    gate: { candidates: () => assert.fail('not asked for'), assertNoDowngrade }, blobs, clock: new TestClock(),
    bringSmall: said.bringSmall ?? (() => assert.fail('a document was asked for')), bring: () => assert.fail('an archive was asked for'),
  }
  const sources: PlanSources = { candidates: async ({ spec: { name } }) => signedOptions(await candidates(name), parts), pause: async () => undefined }
  return new PlanSession(sources, (name) => ({ spec: { name }, keepsLocked: true, acceptAdvisory: false, isOffline }), { isOffline, signal: never })
}

describe('a session of a plan', () => {
  test('asks once for each name and each document, however often it is resolved', async () => {
    const { candidates, document } = await released({ dependencies: { base: '*' } })
    const asked: string[] = []
    const one = session({
      candidates: async (name) => {
        asked.push(name)
        if (name !== APP) throw new GgenError('package-not-found', `nobody knows ${name}`)
        return candidates
      },
      bringSmall: async () => {
        asked.push('document')
        return document
      },
    })
    for (const _time of [1, 2]) assert.equal((await one.resolve({ wishes: WISHES })).type, 'failed')
    assert.deepEqual(asked, ['app', 'document', 'base'])
    assert.equal(await one.renew([APP]), false, 'nothing is new')
    assert.deepEqual(one.known.map(({ name, version, dependencies }) => [name, version, dependencies.length]), [['app', '1.0.0', 1]])
  })

  test('refuses a document that contradicts the signed release, and one that nobody gives', async () => {
    const { candidates } = await released({ dependencies: { base: '*' } })
    const other = Buffer.from(JSON.stringify({ name: 'app', version: '1.0.0', dependencies: [] }))
    const lying = session({ candidates: async () => candidates, bringSmall: async () => other })
    const settled = await lying.resolve({ wishes: WISHES })
    assert(settled.type === 'failed')
    assert.deepEqual([lying.explain(settled.facts).error.code, lying.explain(settled.facts).relaxations], ['integrity', []])
    const silent = session({ candidates: async () => candidates, bringSmall: () => Promise.reject(new GgenError('peer-unreachable', 'all are gone')) })
    const failed = await silent.resolve({ wishes: WISHES })
    assert(failed.type === 'failed')
    assert.equal(silent.explain(failed.facts).error.message, 'it is not known what app 1.0.0 wants: all are gone')
  })

  test('passes on what is no fault of a package', async () => {
    for (const error of [new GgenError('store-broken', 'the disk'), new GgenError('range-invalid', 'x'), new RangeError('a defect')]) {
      await assert.rejects(session({ candidates: () => Promise.reject(error) }).resolve({ wishes: WISHES }), error)
    }
  })

  test('chooses offline only out of what is held', async () => {
    const { candidates } = await released({})
    const settledWith = async (isHeld: boolean) =>
      await session({ candidates: async () => candidates, isHeld }, true).resolve({ wishes: WISHES })
    assert.deepEqual([(await settledWith(true)).type, (await settledWith(false)).type], ['solved', 'failed'])
  })

  test('is made into a plan, unless something of it is weaker than before', async () => {
    const { candidates, release } = await released({})
    const weaker = (): void => { throw new GgenError('downgrade', 'weaker') }
    const one = session({ candidates: async () => candidates, assertNoDowngrade: weaker })
    const settled = await one.resolve({ wishes: WISHES })
    assert(settled.type === 'solved')
    const request = { wanted: [{ spec: { name: APP } }], locked: [] }
    const plan = composePlan({ ...request, acceptDowngrade: true }, settled, one)
    assert.deepEqual(plan.packages.map(({ name, identity, wantedBy }) => [name, identity, wantedBy]), [['app', release.identity, [{ kind: 'needed' }]]])
    assert.throws(() => composePlan(request, settled, one), { code: 'downgrade' })
  })
})

describe('the sources of a plan on a node', () => {
  test('make a document of the archive where nobody gives it alone, and offline of what is here', async () => {
    const clock = new TestClock()
    await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
    const receipt = await node.publish({ 'package.json': '{"name":"app","version":"1.0.0","dependencies":{"base":"*"}}' }, 'ada')
    const { envelopes } = await handedOver(node, receipt)
    const release = openOp(envelopes.at(-1) ?? assert.fail()) as ReleaseOp
    const identity = viewIdentity(receipt.identity, envelopes.slice(0, 1).map(openOp) as ChainOp[]) ?? assert.fail()
    const view = viewPackage(identity, receipt.name, [release])
    const brought: PackageName[] = []
    const { releases: [option] } = signedOptions({ view, releases: [...view.releases.values()], lookAlikes: [], whyNone: () => assert.fail() }, {
      gate: { candidates: () => assert.fail('not asked for'), assertNoDowngrade: () => undefined },
      blobs: node.blobs, clock,
      bringSmall: () => Promise.reject(new GgenError('no-holder', 'nobody')),
      bring: async ({ body }) => void brought.push(body.name),
    })
    for (const isOffline of [false, true]) {
      assert.deepEqual(await option?.wants({ isOffline, signal: never }), [{ name: 'base', range: '*', kind: 'needed' }])
    }
    assert.deepEqual([brought, await option?.holds()], [['app'], true])
  })
})
