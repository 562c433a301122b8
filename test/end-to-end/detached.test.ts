import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, temporaryFolder } from '#testing'

interface Ready {
  readonly peerId: string
  readonly pid: number
  readonly home: string
  readonly addresses: readonly string[]
}

test('A node that is left in the background with nothing else said runs, answers everybody that it should, and ends when it is told', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  await mkdir(home, { mode: 0o700 })
  const started = await ggen(home, 'p2p', 'start', '--detach', '--json')
  assert.equal(started.code, 0, started.stdout + started.stderr)
  try {
    const { peerId, pid, addresses } = started.json<Ready>()
    assert.ok(addresses.length > 0 && addresses.every((address) => address.endsWith(`/p2p/${peerId}`)))
    const status = await ggen(home, 'p2p', 'status', '--json')
    assert.equal(status.json<{ readonly peerId: string }>().peerId, peerId)
    const { url } = (await ggen(home, 'npm', '--json')).json<{ readonly url: string }>()
    assert.equal((await fetch(`${url}-/ping`)).status, 200)
    const again = await ggen(home, 'p2p', 'start', '--detach', '--json')
    assert.equal(again.json<{ readonly error: { readonly code: string } }>().error.code, 'daemon-already-running')
    const stopped = await ggen(home, 'p2p', 'stop', '--json')
    assert.deepEqual([stopped.code, stopped.json<{ readonly pid: number }>().pid], [0, pid])
    assert.equal((await ggen(home, 'p2p', 'status')).code, 9)
  } finally {
    // Where something failed, nothing is left running.
    await ggen(home, 'p2p', 'stop')
  }
})
