import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { ServedTarball } from '#core'
import { groupInstalls, paceOf } from './group-installs.ts'

const served = (at: number, more: Partial<ServedTarball> = {}): ServedTarball =>
  ({ at, name: `p${at}`, version: '1.0.0', from: 'disk', bytes: 100, firstByteMs: 1, durationMs: 2, client: 'npm', ...more })

describe('groupInstalls', () => {
  it('keeps runs apart by their session, or by the client and the time between', () => {
    const all = [
      served(0, { session: 'a' }), served(1, { session: 'b' }), served(50_000, { session: 'a' }), served(60_000, { client: 'yarn' }),
      served(64_000, { client: 'yarn', durationMs: 3000 }), served(71_000, { client: 'yarn' }), served(77_000, { client: 'yarn' }),
      served(93_000, { client: 'bun' }),
    ]
    assert.deepEqual(groupInstalls(all.toReversed()).map(({ client, archives, began }) => [client, archives, began]), [
      ['npm', 2, 0], ['npm', 1, 1], ['yarn', 3, 60_000], ['yarn', 1, 77_000], ['bun', 1, 93_000],
    ])
  })

  it('keeps runs of one client apart that ask for the same, one after the other or side by side', () => {
    const named = (at: number, name: string, more: Partial<ServedTarball> = {}): ServedTarball => served(at, { name, ...more })
    const runs = groupInstalls([
      named(0, 'a', { from: 'nowhere' }), named(1, 'a'), named(2, 'a'), named(3, 'b'), named(4, 'b'), named(5, 'c'), named(6, 'c'), named(7, 'c'),
    ])
    assert.deepEqual(runs.map(({ archives }) => archives), [4, 3, 1])
  })

  it('counts what came from where, from which peers, and what failed and why', () => {
    const [install, ...none] = groupInstalls([
      served(0), served(1, { from: 'peer', givers: [{ peer: 'x', bytes: 10 }], bytes: 10 }),
      served(2, { from: 'peer', givers: [{ peer: 'y', bytes: 27 }, { peer: 'x', bytes: 3 }], bytes: 30, trouble: 'timeout: x' }),
      served(3, { from: 'nowhere', bytes: 0, trouble: 'no-holder: nobody' }),
    ])
    assert.deepEqual([none, install?.from, install?.peers], [
      [], [{ from: 'disk', archives: 1, bytes: 100 }, { from: 'peer', archives: 2, bytes: 40 }, { from: 'nowhere', archives: 1, bytes: 0 }],
      [{ peer: 'y', archives: 1, bytes: 27 }, { peer: 'x', archives: 2, bytes: 13 }],
    ])
    assert.deepEqual(install?.troubles, [
      { name: 'p2', version: '1.0.0', isServed: true, why: 'timeout: x' }, { name: 'p3', version: '1.0.0', isServed: false, why: 'no-holder: nobody' },
    ])
  })

  it('estimates what was saved by how fast the registry was, and not without having seen that', () => {
    const upstream = [0, 1, 2].map((at) => served(at, { from: 'upstream', bytes: 1000, firstByteMs: 50, durationMs: 60, session: 'up' }))
    assert.deepEqual(paceOf(upstream), { firstByteMs: 50, bytesPerMs: 100 })
    const one = (more: Partial<ServedTarball>) => groupInstalls([...upstream, served(1000, { session: 's', ...more })]).at(-1)?.savedMs
    assert.equal(one({ bytes: 1000, durationMs: 10 }), 50)
    assert.equal(one({ bytes: 1000, durationMs: 500 }), 0)
    assert.equal(one({ from: 'upstream', bytes: 1000, durationMs: 10 }), 0)
    const abreast = groupInstalls([...upstream, ...[0, 0].map(() => served(1000, { session: 's', bytes: 1000, durationMs: 10 }))]).at(-1)
    assert.equal(abreast?.savedMs, 50)
    assert.equal(groupInstalls([served(0)])[0]?.savedMs, undefined)
  })

  it('loses no archive and no byte, whatever was served', () => {
    const any = fc.record({
      at: fc.nat(100_000), bytes: fc.nat(1000), durationMs: fc.nat(5000), client: fc.constantFrom('npm', 'bun'),
      from: fc.constantFrom('disk', 'upstream', 'nowhere'),
      session: fc.constantFrom('a', 'b', undefined),
    })
    fc.assert(fc.property(fc.array(any), (all) => {
      const receipts = all.map(({ session, at, ...one }) => served(at, { ...one, ...(session !== undefined && { session }) }))
      const installs = groupInstalls(receipts)
      assert.equal(installs.reduce((sum, { archives }) => sum + archives, 0), all.length)
      const bytes = installs.flatMap(({ from }) => from).reduce((sum, one) => sum + one.bytes, 0)
      assert.equal(bytes, all.reduce((sum, one) => sum + one.bytes, 0))
      assert.ok(installs.every(({ began, ended, savedMs = 0 }) => ended >= began && savedMs >= 0))
    }))
  })
})
