import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startNode } from '#testing'
import { type Holder, startHolder } from './holder.ts'
import type { Lie } from './lying-shelf.ts'
import { bytesFrom, type Installed, installRight, openScene, type Scene, untilMet } from './scene.ts'

const SIZE_BYTES = 6_000_000
/** So that the liar has something to do before the honest holder has done it all. */
const HONEST: Lie = { kind: 'slow', bytesPerSecond: 3_000_000 }

interface Trial {
  readonly installed: Installed
  readonly liar: Holder
  /** What the node said of it. */
  readonly events: readonly Record<string, unknown>[]
}

let scene: Scene

before(async () => {
  scene = await openScene({ sizesBytes: [SIZE_BYTES] })
})

after(() => scene[Symbol.asyncDispose]())

/** Installs from one honest holder and one that lies; what arrives is right, or this throws. */
const installBeside = async (lie: Lie): Promise<Trial> => {
  const [package_] = scene.packages
  assert.ok(package_)
  await using node = await startNode({ home: await scene.newcomer(lie.kind) })
  const { files } = package_
  await using liar = await startHolder({ files, dial: node.addresses }, { lie })
  await using honest = await startHolder({ files, dial: node.addresses }, { lie: HONEST })
  await untilMet(node, [liar, honest])
  const installed = await installRight(node.home, package_)
  assert.equal(bytesFrom(installed, honest) + bytesFrom(installed, liar), package_.sizeBytes, 'the receipt names who gave every byte')
  return { installed, liar, events: node.events.filter(({ peer }) => peer === liar.peerId) }
}

/** With what it may have given all the same. */
const CLAIMS: readonly (readonly [lie: Lie, claim: string, givesNothing: boolean])[] = [
  [{ kind: 'short' }, 'gives less than it was asked for', false],
  [{ kind: 'endless' }, 'never stops sending', false],
  [{ kind: 'absent' }, 'says that it has everything, and has nothing', true],
  [{ kind: 'size' }, 'says that the archive is a byte longer', true],
  [{ kind: 'cut', afterBytes: 300_000 }, 'cuts every connection before a piece is whole', true],
]

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
