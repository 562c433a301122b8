import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError, parsePackageSpec } from '#core'
import { createViews } from '#flow/verify'
import { until } from '#testing'
import { genesis, NAME, release } from '../../vectors/story.ts'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const HALF = 5
const WITHIN_MS = 5000

const g = genesis()
const first = release({ roles: g, key: 4 }, '1.0.0', 'first')
const heads = release({ roles: g, key: 4, prev: first }, '1.1.0', 'for the one half')
const tails = release({ roles: g, key: 4, prev: first }, '1.1.0', 'for the other half')
const beyond = release({ roles: g, key: 4, prev: tails }, '1.2.0', 'after the fork')

/** Nodes in a row, each connected to the one before, that know these ops. */
const openRow = async (cleanup: AsyncDisposableStack, knows: readonly Uint8Array[]): Promise<readonly RealNode[]> => {
  const nodes: RealNode[] = []
  for (let index = 0; index < HALF; index += 1) {
    nodes.push(cleanup.use(await openRealNode({ knows, bootstrap: nodes.at(-1)?.addresses ?? [] })))
  }
  await until('they have met', () => nodes.every(({ network }, index) => network.peers().length >= (index === 0 || index === HALF - 1 ? 1 : 2)))
  return nodes
}

const isSuspended = ({ catalogue }: RealNode): boolean => {
  const view = createViews(catalogue).package(g.identity, first.body.name)
  return view?.suspended.length === 1 && view.releases.get(heads.body.version)?.standing === 'disputed'
}

const outcome = async ({ marketplace }: RealNode, spec: string): Promise<string> => {
  try {
    return (await marketplace.fetch({ spec: parsePackageSpec(spec) }, AbortSignal.timeout(10_000))).version
  } catch (error) {
    assert.ok(isGgenError(error))
    return error.code
  }
}

test(`a key signs two ops at one place, one for each half of ${2 * HALF} nodes: when the halves meet, all stop believing it, within seconds`, async (t) => {
  await using cleanup = new AsyncDisposableStack()
  const north = await openRow(cleanup, [g, first, heads].map(({ bytes }) => bytes))
  const south = await openRow(cleanup, [g, first, tails, beyond].map(({ bytes }) => bytes))
  const all = [...north, ...south]
  assert.ok(all.every((node) => !isSuspended(node)))
  const [bridge] = north.slice(-1)
  const [address] = south[0]?.addresses ?? []
  assert.ok(bridge !== undefined && address !== undefined)
  const began = performance.now()
  await bridge.network.dial(address, never)
  await until('all have suspended the feed', () => all.every(isSuspended))
  const took = performance.now() - began
  const specs = [`${NAME}@1.1.0`, `${NAME}@1.2.0`, `${NAME}@^1.1`]
  const outcomes = await Promise.all(all.flatMap((node) => specs.map((spec) => outcome(node, spec))))
  assert.deepEqual([...new Set(outcomes)], ['disputed'])
  const figure = `${all.length} of ${all.length} suspended the feed ${Math.round(took)} ms after the halves met`
  t.diagnostic(`${figure}; ${outcomes.length} tries to install either: 0 did`)
  assert.ok(took < WITHIN_MS, `${took} ms`)
})
