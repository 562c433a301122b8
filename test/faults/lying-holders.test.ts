import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type RunningNode, startNode } from '#testing'
import { type Holder, startHolders } from './holder.ts'
import type { Lie } from './lying-shelf.ts'
import { bytesFrom, type Installed, installRight, openScene, type Scene, type SignedPackage, untilMet } from './scene.ts'

const SIZE_BYTES = 4_000_000
/** So that the liar has something to do before the honest holder has done it all. */
const HONEST: Lie = { kind: 'slow', bytesPerSecond: 3_000_000 }

/** With what it may have given all the same. */
const CLAIMS: readonly (readonly [lie: Lie, claim: string, givesNothing: boolean])[] = [
  [{ kind: 'short' }, 'gives less than it was asked for', false],
  [{ kind: 'endless' }, 'never stops sending', false],
  [{ kind: 'absent' }, 'says that it has everything, and has nothing', true],
  [{ kind: 'size' }, 'says that the archive is a byte longer', true],
  [{ kind: 'cut', afterBytes: 300_000 }, 'cuts every connection before a piece is whole', true],
]

interface Trial {
  readonly installed: Installed
  readonly liar: Holder
  /** What the node said of it. */
  readonly events: readonly Record<string, unknown>[]
}

let scene: Scene
let node: RunningNode
let untried: SignedPackage[]

before(async () => {
  scene = await openScene({ sizesBytes: Array.from({ length: 2 + CLAIMS.length + 1 }, () => SIZE_BYTES) })
  untried = [...scene.packages]
  node = await startNode({ home: await scene.newcomer('asker') })
})

after(async () => {
  await node[Symbol.asyncDispose]()
  await scene[Symbol.asyncDispose]()
})

/** Installs a package that only two hold, one of them honest, and one that lies; what arrives is right, or this throws. */
const installBeside = async (lie: Lie): Promise<Trial> => {
  const package_ = untried.pop()
  assert.ok(package_)
  const { files } = package_
  await using process_ = await startHolders({ files, dial: node.addresses }, [{ lie }, { lie: HONEST }])
  const [liar, honest] = process_.holders
  assert.ok(liar && honest)
  await untilMet(node, [liar, honest])
  const installed = await installRight(node.home, package_)
  assert.equal(bytesFrom(installed, honest) + bytesFrom(installed, liar), package_.sizeBytes, 'the receipt names who gave every byte')
  return { installed, liar, events: node.events.filter(({ peer }) => peer === liar.peerId) }
}

const isBanned = (trial: Trial): boolean => trial.events.some(({ type }) => type === 'peer-banned')

describe('beside one honest holder, a package arrives right from a holder that', { concurrency: 2 }, () => {
  it('gives wrong bytes: it is banned, and nothing of it counts', async () => {
    const trial = await installBeside({ kind: 'wrong' })
    assert.ok(trial.liar.served.length > 0, 'it was asked')
    assert.equal(bytesFrom(trial.installed, trial.liar), 0)
    assert.ok(isBanned(trial))
  })

  for (const [lie, claim, givesNothing] of CLAIMS) {
    it(claim, async () => {
      const trial = await installBeside(lie)
      assert.ok(lie.kind === 'size' || trial.liar.served.length > 0, 'it was asked')
      if (givesNothing) assert.equal(bytesFrom(trial.installed, trial.liar), 0)
    })
  }

  it('stalls: others do its work, and it is not punished for being slow', async () => {
    const trial = await installBeside({ kind: 'stall', afterBytes: 200_000 })
    assert.ok(!isBanned(trial))
  })

  it('sends a byte a second', async () => {
    const trial = await installBeside({ kind: 'crawl', everyMs: 1000 })
    assert.ok(!isBanned(trial))
  })
})
