import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageSpec, type ReleaseOp } from '#core'
import { temporaryFolder, until } from '#testing'
import { genesis, NAME, release } from '../../vectors/story.ts'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const PEERS = 4
const RELEASES = 6
const ROLLED_BACK = 3

const g = genesis()
const releases: ReleaseOp[] = []
for (let minor = 0; minor < RELEASES; minor += 1) {
  const prev = releases.at(-1)
  releases.push(release({ roles: g, key: 4, ...(prev !== undefined && { prev }) }, `1.${minor}.0`, `content ${minor}`))
}
const upTo = (count: number): Uint8Array[] => [g, ...releases.slice(0, count)].map(({ bytes }) => bytes)

const newest = async ({ registry }: RealNode): Promise<string> => (await registry.info(parsePackageSpec(NAME), never)).version

/** Runs `work` on a node of this folder that has compared its catalogue with all peers, which know so many releases. */
const among = async (folder: string, known: number, work: (victim: RealNode, peers: readonly RealNode[]) => Promise<void>): Promise<void> => {
  await using cleanup = new AsyncDisposableStack()
  const peers: RealNode[] = []
  for (let index = 0; index < PEERS; index += 1) peers.push(cleanup.use(await openRealNode({ knows: upTo(known) })))
  const victim = cleanup.use(await openRealNode({ folder, bootstrap: peers.flatMap(({ addresses }) => addresses) }))
  await until('it has compared with all of them', () =>
    peers.every(({ network }) => victim.events.some((event) => event.type === 'synced' && event.peer === network.self)))
  await work(victim, peers)
}

test(`all ${PEERS} peers go back by ${ROLLED_BACK} ops and the victim restarts: it keeps what it knew, and the peers get it back`, async (t) => {
  await using work = await temporaryFolder()
  await among(work.path, RELEASES, async (victim) => {
    assert.equal(await newest(victim), `1.${RELEASES - 1}.0`)
  })
  await among(work.path, RELEASES - ROLLED_BACK, async (victim, peers) => {
    assert.equal(await newest(victim), `1.${RELEASES - 1}.0`, 'the old view is kept')
    assert.equal(victim.catalogue.counts().releases, RELEASES)
    await until('honest peers that had lost them learn them again', () => peers.every(({ catalogue }) => catalogue.counts().releases === RELEASES))
    t.diagnostic(`${ROLLED_BACK} of ${RELEASES} ops rolled back by ${PEERS} of ${PEERS} peers: view kept, ${PEERS} peers brought up to date by the victim`)
  })
})
