import assert from 'node:assert/strict'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, startNode, temporaryFolder } from '#testing'

interface Peer {
  readonly peerId: string
  readonly protocols: readonly string[]
}

test('a node is as a file of before and a variable say, and connects to another one on demand, in either spelling of its address', async () => {
  await using work = await temporaryFolder()
  const [home, other] = [join(work.path, 'home'), join(work.path, 'other')]
  await mkdir(home, { mode: 0o700 })
  const toml = '[p2p]\ndht_server_mode = false\n[performance]\nmax_peers = 50\n[security]\nidentity_path = "elsewhere/node.key"\nban_threshold = 10\n'
  await writeFile(join(home, 'p2p-config.toml'), toml)
  await using hub = await startNode({ home: other })
  await using node = await startNode({ home, env: { GGEN_P2P_MDNS: 'off', GGEN_BULK_PORT: 'off' }, more: [] })
  assert.ok((await stat(join(home, 'elsewhere', 'node.key'))).isFile())
  const [address = ''] = hub.addresses
  const older = `${hub.peerId}@${address.replace(/\/p2p\/.*/, '')}`
  const { connected } = (await ggen(home, 'marketplace', 'p2p', 'bootstrap', older, '--json')).json<{ connected: readonly { peer: string }[] }>()
  assert.deepEqual(connected.map(({ peer }) => peer), [hub.peerId])
  const [seen] = (await ggen(other, 'p2p', 'peer-info', node.peerId, '--json')).json<readonly Peer[]>()
  assert.ok(seen?.peerId === node.peerId && !seen.protocols.includes('/ggen/main/kad/1'), 'it is no server of the DHT')
  const [known] = (await ggen(home, 'p2p', 'peers', older, '--format', 'json')).json<readonly Peer[]>()
  assert.ok(known?.protocols.includes('/ggen/main/kad/1'))
})

test('a project says whom to ask, and nothing about the node of whoever looks at it', async () => {
  await using work = await temporaryFolder()
  const machine = { home: join(work.path, 'home'), env: { GGEN_P2P_MAX_CONNECTIONS: '50' } }
  const file = join(work.path, 'ggen.toml')
  await writeFile(file, '[project]\nname = "x"\n[p2p]\nenabled = false\n')
  const validated = await ggen(machine, 'config', 'validate', file)
  assert.deepEqual([validated.code, validated.stdout.includes(file)], [0, true], 'whoever names the file trusts it')
  const started = await ggen(machine, 'p2p', 'start', '--config', file, '--json')
  assert.match(started.stdout, /ggen\.toml: p2p\.enabled: is false, so there is no node to start/)
  const shown = await ggen(machine, 'config', 'show', 'p2p.max_connections', '--json')
  const { settings } = shown.json<{ settings: readonly { value: unknown; from: unknown }[] }>()
  assert.deepEqual(settings.map(({ value, from }) => [value, from]), [[50, { kind: 'variable', name: 'GGEN_P2P_MAX_CONNECTIONS' }]])
})
