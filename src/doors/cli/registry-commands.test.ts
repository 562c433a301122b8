import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '#config'
import { memoryTokenFile, RegistryTokens } from '#doors/central'
import { seeded, TestClock } from '#testing'
import type { RegistryRequest, World } from './commands/world.ts'
import { registryCommands } from './registry-commands.ts'
import { runCli } from './run-cli.ts'

const HOME = '/nowhere/ggen-test-home'

interface Ran {
  readonly code: number
  readonly output: string
  readonly served: readonly { readonly config: Config; readonly request: RegistryRequest }[]
}

/** Runs command lines one after the other on one machine. */
const machine = () => {
  const tokens = new RegistryTokens({ file: memoryTokenFile(), uses: memoryTokenFile(), clock: new TestClock(), random: seeded('tokens') })
  return async (...args: string[]): Promise<Ran> => {
    let output = ''
    const served: { config: Config; request: RegistryRequest }[] = []
    const write = (text: string): void => void (output += text)
    const world = {
      version: '0', stdout: { write, isTTY: false }, stderr: { write, isTTY: false }, interrupted: new AbortController().signal,
      environment: () => ({
        env: { GGEN_HOME: HOME }, dotGgen: false, readConfigFile: async () => undefined,
        platform: { os: 'linux', userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 },
      }),
      openTokens: async (path: string) => (assert.equal(path, `${HOME}/registry-tokens.json`), tokens),
      serveRegistry: async (config: Config, request: RegistryRequest, { onReady }: Parameters<World['serveRegistry']>[2]) => {
        served.push({ config, request })
        onReady({ peerId: 'a peer' as never, addresses: [], home: config.home, pid: 1, url: 'http://127.0.0.1:1' })
      },
    } as unknown as World
    return { code: await runCli(args, world), output, served }
  }
}

test('serving takes what is said of the registry and of its node', async () => {
  const run = machine()
  const { code, served, output } = await run('registry', 'serve', '--json')
  assert.deepEqual([code, served[0]?.request], [0, { listen: { host: '127.0.0.1', port: 4080 }, replicas: 0, proxies: [], joinsNetwork: true }])
  assert.deepEqual(JSON.parse(output), { peerId: 'a peer', addresses: [], home: HOME, pid: 1, url: 'http://127.0.0.1:1' })
  const all = await run(
    'registry', 'serve', '--listen', '0.0.0.0:1', '--public-url', 'https://r.example/', '--replicas', '1', '--proxy', '10.0.0.1,10.0.0.2', '--tls-cert', 'c',
    '--tls-key', 'k', '--network', 'acme', '--bootstrap', '/ip4/192.0.2.1/tcp/4001', '--p2p-listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns',
  )
  const [{ config, request } = assert.fail()] = all.served
  assert.deepEqual(request, {
    listen: { host: '0.0.0.0', port: 1 }, publicUrl: 'https://r.example', replicas: 1, proxies: ['10.0.0.1', '10.0.0.2'],
    tls: { certPath: 'c', keyPath: 'k' }, joinsNetwork: true,
  })
  assert.deepEqual([config.network, config.bootstrap, config.listen, config.mdns], ['acme', ['/ip4/192.0.2.1/tcp/4001'], ['/ip4/127.0.0.1/tcp/0'], false])
  assert.equal((await run('registry', 'serve', '--no-network')).served[0]?.request.joinsNetwork, false)
})

test('what makes no sense is said, and nothing is served', async () => {
  const run = machine()
  for (const args of [['--listen', 'x'], ['--replicas', '-1'], ['--replicas', '65'], ['--public-url', 'x'], ['--tls-cert', 'c'], ['--tls-key', 'k']]) {
    const { code, served } = await run('registry', 'serve', ...args)
    assert.deepEqual([code, served], [2, []], args.join(' '))
  }
})

test('a token is made, listed and revoked', async () => {
  const run = machine()
  const made = JSON.parse((await run('registry', 'token', 'create', '--names', 'io.acme.*', '--expires', '1h', '--label', 'ci', '--json')).output) as {
    id: string; token: string; names: string[]; createdAt: number; expiresAt: number
  }
  assert.deepEqual([made.names, made.expiresAt - made.createdAt], [['io.acme.*'], 3_600_000])
  const { tokens } = JSON.parse((await run('registry', 'token', 'list', '--json')).output) as { tokens: Record<string, unknown>[] }
  const { token: _, ...row } = made
  assert.deepEqual(tokens, [row], 'its text is not shown again')
  assert.equal((await run('registry', 'token', 'revoke', made.id)).code, 0)
  assert.deepEqual([(await run('registry', 'token', 'revoke', made.id)).code, (await run('registry', 'token', 'create')).code], [3, 2])
})

test('the commands hang under one', () => {
  assert.deepEqual(registryCommands(() => undefined).commands.map((one) => one.name()), ['serve', 'token'])
})
