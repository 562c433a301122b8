import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LIMITS } from '#core'
import { controlClient } from '#doors/control'
import { killAfter, rounds, seeded, startNode } from '#testing'
import { type Holder, startHolder } from './holder.ts'
import { installRight, openScene, type Scene, type SignedPackage, untilMet } from './scene.ts'

/** Two downloading nodes side by side, as many as the smallest machine has cores. */
const NODES = 2
const KILLS_EACH = rounds(4, 50)
/** A piece takes about 200 ms at this rate, so that kills fall before, in and after pieces. */
const BYTES_PER_SECOND = 5_000_000
const KILL_WITHIN_MS = 350
/** Enough that no node is ever done. */
const SIZES_BYTES = Array.from({ length: rounds(1, 4) }, () => rounds(12_000_000, 48_000_000))
/** Every kill costs a start of the node. */
const TIMEOUT_MS = 10 * 60_000

let scene: Scene

before(async () => {
  scene = await openScene({ sizesBytes: SIZES_BYTES })
})

after(() => scene[Symbol.asyncDispose]())

interface Course {
  readonly kills: number
  /** Kills that fell into a download. */
  readonly interrupted: number
  /** Pieces that a holder sent whole more than once. */
  readonly piecesTwice: number
  /** What the last of the kills had left. */
  readonly resumedBytes: number
}

/** Begins a fetch, and kills the node at a random moment after the first bytes came; resolves to whether it was done before. */
const killedFetch = async (options: { readonly home: string; readonly holder: Holder; readonly name: string; readonly ms: number }): Promise<boolean> => {
  const { home, holder, name, ms } = options
  await using node = await startNode({ home, bootstrap: holder.addresses })
  await untilMet(node, [holder])
  const { promise: moving, resolve: moves } = Promise.withResolvers<void>()
  const fetching = controlClient(join(home, 'ggen.sock')).fetch({ spec: name }, new AbortController().signal, () => moves())
  const done = fetching.then(() => true, () => false)
  await Promise.race([moving, done])
  await killAfter(node, ms)
  return await done
}

/** How many pieces were sent whole more often than once: a part that was cut off can only be sent again. */
const sentTwice = ({ served }: Holder, { digest }: SignedPackage): number => {
  const times = new Map<number, number>()
  for (const one of served) {
    if (one.digest !== digest) continue
    for (let piece = Math.ceil(one.offset / LIMITS.pieceBytes); (piece + 1) * LIMITS.pieceBytes <= one.offset + one.sentBytes; piece++) {
      times.set(piece, (times.get(piece) ?? 0) + 1)
    }
  }
  return [...times.values()].reduce((sum, count) => sum + count - 1, 0)
}

const course = async (seed: string): Promise<Course> => {
  const random = seeded(seed)
  const home = await scene.newcomer(seed)
  let [interrupted, kills, piecesTwice, resumedBytes] = [0, 0, 0, 0]
  for (const package_ of scene.packages) {
    await using holder = await startHolder({ files: package_.files }, { lie: { kind: 'slow', bytesPerSecond: BYTES_PER_SECOND } })
    let isDone = false
    while (!isDone && kills < KILLS_EACH) {
      isDone = await killedFetch({ home, holder, name: package_.name, ms: random.fraction() * KILL_WITHIN_MS })
      kills++
      if (!isDone) interrupted++
    }
    await using node = await startNode({ home, bootstrap: holder.addresses })
    await untilMet(node, [holder])
    resumedBytes = (await installRight(home, package_)).resumedBytes
    piecesTwice += sentTwice(holder, package_)
    if (kills === KILLS_EACH) break
  }
  return { kills, interrupted, piecesTwice, resumedBytes }
}

const CLAIM = `a node killed ${NODES * KILLS_EACH} times while it downloads goes on where it was: at most one piece is fetched again for each kill`

test(CLAIM, { timeout: TIMEOUT_MS }, async (t) => {
  const courses = await Promise.all(Array.from({ length: NODES }, (_, index) => course(`node-${index}`)))
  for (const { kills, piecesTwice, interrupted, resumedBytes } of courses) {
    t.diagnostic(`${kills} kills, ${interrupted} of them in a download; ${piecesTwice} pieces were sent twice; the last one had left ${resumedBytes} bytes`)
    assert.equal(kills, KILLS_EACH)
    assert.ok(interrupted > KILLS_EACH / 2, 'most kills fell into a download')
    assert.ok(piecesTwice <= interrupted, 'no more than one piece a kill')
    assert.ok(resumedBytes > 0, 'something was kept')
  }
})
