import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment } from '#config'
import { homeOf, keysFolderOf, nodeConfig, type P2PConfig } from './p2p-config.ts'

const PEER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'

/** A machine on which the environment and a file say something that a program must not hear by accident. */
const environment: Environment = {
  env: { GGEN_HOME: '/srv/ggen', GGEN_TRUST_FIRST_USE: 'accept', XDG_RUNTIME_DIR: '/run/ada' },
  platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1000 },
  dotGgen: true,
  readConfigFile: async (path) => ({ path, table: { p2p: { listen_addresses: ['/ip4/192.0.2.1/tcp/9'] } } }),
}

const configOf = (asked: P2PConfig, home = '/h'): ReturnType<typeof nodeConfig> => nodeConfig(asked, home, environment)

test('nothing outside the program configures a node of its own', async () => {
  const { home, listen, bootstrap, trust, bulkPort, socketPath, network } = await configOf({})
  assert.deepEqual({ home, listen, bootstrap, firstUse: trust.firstUse, bulkPort, socketPath, network }, {
    home: '/h', listen: ['/ip4/0.0.0.0/tcp/0'], bootstrap: [], firstUse: 'ask', bulkPort: 0, socketPath: '/h/ggen.sock', network: 'main',
  })
  assert.equal(homeOf({}, environment), undefined)
})

test('with the configuration of the user it is what ggen would be, and what the program says wins', async () => {
  const { listen, trust, bulkPort, mdns } = await configOf({ userConfig: true, mdns: false })
  assert.deepEqual([listen, trust.firstUse, bulkPort, mdns], [['/ip4/192.0.2.1/tcp/9'], 'accept', 4002, false])
  const own = await configOf({ userConfig: true, listenAddresses: ['/ip4/127.0.0.1/tcp/0'], trust: { firstUse: 'ask', coolDownMs: 5 } })
  assert.deepEqual([own.listen, own.trust.firstUse, own.trust.coolDownMs, own.trust.domains], [['/ip4/127.0.0.1/tcp/0'], 'ask', 5, true])
  assert.equal(homeOf({ userConfig: true }, environment), '/srv/ggen')
  assert.equal(homeOf({ userConfig: true, home: 'mine' }, environment), '/srv/project/mine')
})

test('both spellings of a bootstrap node are the same one', async () => {
  const { bootstrap } = await configOf({ bootstrapNodes: [`${PEER}@/ip4/192.0.2.1/tcp/4001`, `/ip4/192.0.2.1/tcp/4001/p2p/${PEER}`] })
  assert.deepEqual(bootstrap, [`/ip4/192.0.2.1/tcp/4001/p2p/${PEER}`])
})

test('a socket lies in the same place whoever asks, also where the home folder is too deep for it', async () => {
  const deep = `/${'d'.repeat(120)}`
  const alone = await configOf({}, deep)
  assert.match(alone.socketPath, /^\/run\/ada\/ggen-1000\//)
  assert.equal(alone.socketPath, (await configOf({ userConfig: true }, deep)).socketPath)
})

test('who keeps no catalogue is no way to others, and a central registry is read as ggen reads one', async () => {
  const light = await configOf({ light: true })
  assert.deepEqual([light.light, light.tuning.isDhtServer], [true, false])
  const { registry } = await configOf({ registry: { centralUrl: 'https://registry.example/', prefer: 'p2p-first', privateNames: ['@acme/*'] } })
  const { centralUrl, mode, prefer, privateNames } = registry
  assert.deepEqual([centralUrl, mode, prefer, privateNames], ['https://registry.example', 'hybrid', 'p2p-first', ['@acme/*']])
  assert.equal((await configOf({})).registry.centralUrl, undefined)
  await assert.rejects(configOf({ registry: { centralUrl: 'registry.example' } }), { code: 'config-invalid' })
  await assert.rejects(configOf({ registry: { mode: 'both' as never } }), { code: 'config-invalid' })
})

test('names of publishers are read, and what is wrong is said before anything runs', async () => {
  await assert.rejects(configOf({ listenAddresses: ['tcp/1'] }), { code: 'address-invalid' })
  await assert.rejects(configOf({ network: 'Ä' }), { code: 'config-invalid' })
  await assert.rejects(configOf({ trust: { namespaces: { 'io.example.*': 'ada' } } }), { name: 'GgenError' })
  assert.equal(keysFolderOf({}, '/h'), '/h/keys')
  assert.equal(keysFolderOf({ identityPath: '/k' }, '/h'), '/k')
})
