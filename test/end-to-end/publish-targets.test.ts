import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { controlClient } from '#doors/control'
import {
  freePort, ggen, makeToken, type RunningNode, type RunningRegistry, smallPackage, startNode, startRegistry, temporaryFolder, until, writeTree,
} from '#testing'

interface Receipt {
  readonly targets: readonly { readonly target: string; readonly state: string; readonly error?: { readonly code: string } }[]
}

const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

const never = new AbortController().signal

interface Failure { readonly error: { readonly code: string } }

const packagesAt = async (url: string, name: string): Promise<readonly unknown[]> => {
  const { packages } = (await (await fetch(`${url}/v1/packages/${name}`)).json()) as { readonly packages?: readonly unknown[] }
  return packages ?? []
}

const pendingOf = async ({ home }: RunningNode): Promise<number | undefined> =>
  (await controlClient(join(home, 'ggen.sock')).status(never)).pendingDeliveries

suite('A publish with a registry that is a process of its own', () => {
  const open = new AsyncDisposableStack()
  let home: (name: string) => string
  let place: string
  let token: string
  let registry: RunningRegistry
  let author: RunningNode

  const startAuthor = async (): Promise<RunningNode> =>
    open.use(await startNode({ home: home('author'), env: { ...TRUSTING, GGEN_REGISTRY_URL: `http://${place}`, GGEN_REGISTRY_TOKEN: token } }))

  before(async () => {
    const work = open.use(await temporaryFolder())
    home = (name) => join(work.path, name)
    place = `127.0.0.1:${await freePort()}`
    token = await makeToken(home('registry'))
    author = await startAuthor()
  })
  after(() => open.disposeAsync())

  test('waits while that is down, and is stored when both have come back', async () => {
    await writeTree(home('late'), smallPackage('late'))
    const published = await ggen(author.home, 'publish', home('late'), '--no-passphrase', '--json')
    assert.equal(published.code, 0, published.stderr)
    assert.equal(published.json<Receipt>().targets[0]?.state, 'pending')
    assert.equal(await pendingOf(author), 1)
    assert.match((await ggen(author.home, 'p2p', 'status')).stdout, /1 record to the central registry/)
    await author.kill()

    author = await startAuthor()
    assert.equal(await pendingOf(author), 1)
    registry = open.use(await startRegistry(home('registry'), place))
    await until('it is handed over', async () => (await pendingOf(author)) === 0, 60_000)
    assert.equal((await packagesAt(registry.url, 'late')).length, 1)
  })

  test('is stored there, and installed from there by who has no peers', async () => {
    await writeTree(home('tool'), smallPackage('tool'))
    const published = await ggen(author.home, 'publish', home('tool'), '--no-passphrase', '--json')
    assert.equal(published.code, 0, published.stderr)
    assert.deepEqual(published.json<Receipt>().targets, [{ target: registry.url, state: 'stored' }])
    const again = await ggen(author.home, 'publish', home('tool'))
    assert.ok(again.stdout.includes(`${registry.url}: stored`), again.stdout)
    await writeTree(home('hushed'), smallPackage('hushed'))
    const hushed = await ggen(author.home, 'publish', home('hushed'), '--p2p', '--json')
    assert.deepEqual([hushed.code, 'targets' in hushed.json<object>()], [0, false], hushed.stdout)
    assert.deepEqual(await packagesAt(registry.url, 'hushed'), [])
    const central = await ggen(author.home, 'publish', home('hushed'), '--central', '--json')
    assert.deepEqual(central.json<Receipt>().targets, [{ target: registry.url, state: 'stored' }], central.stdout)
    assert.equal((await packagesAt(registry.url, 'hushed')).length, 1)
    await author.kill()
    await using user = await startNode({ home: home('user'), more: ['--no-mdns', '--light'], env: { ...TRUSTING, GGEN_REGISTRY_URL: registry.url } })
    const installed = await ggen(user.home, 'install', 'tool', '--dir', home('project'), '--json')
    assert.equal(installed.code, 0, installed.stderr)
  })

  test('goes to one that only this call names, with the token for its address, and fails with its receipt when that is down', async () => {
    await writeTree(home('other'), { 'config.toml': `[registry.tokens]\n"${registry.url}/index.json" = "${registry.token}"\n` })
    await using other = await startNode({ home: home('other'), more: ['--no-mdns'], env: TRUSTING })
    await writeTree(home('named'), smallPackage('named'))
    const unknown = await ggen(other.home, 'publish', home('named'), '--no-passphrase', '--registry', 'http://127.0.0.1:1', '--json')
    assert.deepEqual([unknown.code, unknown.json<Failure>().error.code], [8, 'token-missing'], unknown.stdout)
    const published = await ggen(other.home, 'publish', home('named'), '--registry', registry.url, '--json')
    assert.deepEqual([published.code, published.json<Receipt>().targets], [0, [{ target: registry.url, state: 'stored' }]], published.stdout)
    await writeTree(home('later'), smallPackage('later'))
    await registry.kill()
    const failed = await ggen(other.home, 'publish', home('later'), '--registry', registry.url, '--json')
    const { targets, error } = failed.json<Receipt & Failure>()
    assert.deepEqual([failed.code, targets[0]?.state, error.code], [4, 'refused', 'registry-unreachable'], failed.stdout)
  })
})
