import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startNode } from '#testing'
import { type HolderFault, startHolders } from './holder.ts'
import { type Installed, installRight, openScene, type Scene, untilMet } from './scene.ts'

const SIZE_BYTES = 6_000_000

let scene: Scene

before(async () => {
  scene = await openScene({ sizesBytes: [SIZE_BYTES] })
})

after(() => scene[Symbol.asyncDispose]())

/** Installs from holders in a row, the bulk channel of each behind a link of its own; what arrives is right, or this throws. */
const installOver = async (name: string, ...links: readonly NonNullable<HolderFault['link']>[]): Promise<Installed> => {
  const [package_] = scene.packages
  assert.ok(package_)
  await using node = await startNode({ home: await scene.newcomer(name) })
  await using process_ = await startHolders({ files: package_.files, dial: node.addresses }, links.map((link) => ({ link })))
  await untilMet(node, process_.holders)
  return await installRight(node.home, package_)
}

const carriersOf = ({ sources }: Installed): readonly string[] => [...new Set(sources.map(({ carrier }) => carrier))].sort()

describe('a package arrives right from a holder whose bulk channel', { concurrency: 2 }, () => {
  it('is as it should be: over TLS', async () => {
    assert.deepEqual(carriersOf(await installOver('plain', {})), ['tls'])
  })

  it('flips a bit now and then: what it breaks comes over a stream', async () => {
    const installed = await installOver('flip', { faults: [{ kind: 'flip', way: 'down', afterBytes: 700_000 }] })
    assert.ok(carriersOf(installed).includes('stream'), JSON.stringify(installed.sources))
  })

  it('is cut again and again', async () => {
    await installOver('cut', { faults: [{ kind: 'cut', way: 'down', afterBytes: 1_500_000 }] })
  })

  it('flips the first bit that it sees: over a stream alone', async () => {
    assert.deepEqual(carriersOf(await installOver('deaf', { faults: [{ kind: 'flip', way: 'down', afterBytes: 0 }] })), ['stream'])
  })

  it('stops in the middle: from another one', async () => {
    await installOver('stall', { faults: [{ kind: 'stall', way: 'down', afterBytes: 500_000 }] }, { downBytesPerSecond: 4_000_000 })
  })

  it('is far away and thin', async () => {
    assert.deepEqual(carriersOf(await installOver('far', { rttMs: 100, downBytesPerSecond: 2_000_000 })), ['tls'])
  })
})
