import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ggen, startNode, temporaryFolder } from '#testing'

interface Shown {
  readonly limits: Readonly<Record<string, number>>
}

describe('limits set by command', () => {
  it('win over the configuration, survive a kill, and are forgotten when they are reset', async () => {
    await using folder = await temporaryFolder()
    const home = folder.path
    await writeFile(join(home, 'config.toml'), '[limits]\nup = "8 Mbit"\ndown = "2MB"\n')
    const limits = async (...args: readonly string[]): Promise<Shown['limits']> => (await ggen(home, 'p2p', 'limit', ...args, '--json')).json<Shown>().limits

    const first = await startNode({ home })
    assert.deepEqual(await limits(), { up: 1_000_000, down: 2_000_000 })
    assert.deepEqual(await limits('--down', 'none', '--per-peer', '500kB/s'), { up: 1_000_000, perPeer: 500_000 })
    await first.kill()

    await using _second = await startNode({ home })
    assert.deepEqual(await limits(), { up: 1_000_000, perPeer: 500_000 })
    assert.match((await ggen(home, 'p2p', 'status')).stdout, /\nsends +0 B\/s of 1\.0 MB\/s\n/)
    assert.deepEqual(await limits('--reset'), { up: 1_000_000, down: 2_000_000 })
  })

  it('keep a node from starting when somebody broke their file, and say which', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'limits.json')
    await writeFile(path, '{"up":"fast"}')
    const { code, stdout } = await ggen(folder.path, 'p2p', 'start', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--json')
    assert.equal(code, 2)
    assert.match(stdout, /"code":"config-invalid"/)
    assert.ok(stdout.includes(path))
  })
})
