import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { freePort, ggen, type RunningNode, smallPackage, startNode, startRegistry, temporaryFolder, until, writeTree } from '#testing'

interface Receipt {
  readonly targets: readonly { readonly target: string; readonly state: string; readonly error?: { readonly code: string } }[]
}

const TRUSTING = { GGEN_TRUST_FIRST_USE: 'accept', GGEN_TRUST_COOL_DOWN: '0', GGEN_TRUST_DOMAINS: 'off' }

const startAuthor = (home: string, url: string, token?: string): Promise<RunningNode> =>
  startNode({ home, env: { ...TRUSTING, GGEN_REGISTRY_URL: url, ...(token !== undefined && { GGEN_REGISTRY_TOKEN: token }) } })

const pendingOf = async (home: string): Promise<unknown> =>
  (await ggen(home, 'p2p', 'status', '--json')).json<{ readonly pendingDeliveries?: number }>().pendingDeliveries

interface Failure { readonly error: { readonly code: string } }

const packagesAt = async (url: string, name: string): Promise<readonly unknown[]> => {
  const { packages } = (await (await fetch(`${url}/v1/packages/${name}`)).json()) as { readonly packages?: readonly unknown[] }
  return packages ?? []
}

suite('A publish with a registry that is a process of its own', () => {
  test('is stored there, and installed from there by who has no peers', async () => {
    await using work = await temporaryFolder()
    const home = (name: string): string => join(work.path, name)
    await writeTree(home('tool'), smallPackage('tool'))
    await using registry = await startRegistry(home('registry'))
    {
      await using author = await startAuthor(home('author'), registry.url, registry.token)
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
    }
    await using user = await startNode({ home: home('user'), more: ['--no-mdns', '--light'], env: { ...TRUSTING, GGEN_REGISTRY_URL: registry.url } })
    const installed = await ggen(user.home, 'install', 'tool', '--dir', home('project'), '--json')
    assert.equal(installed.code, 0, installed.stderr)
  })

  test('waits while that is down, and is stored when both have come back', async () => {
    await using work = await temporaryFolder()
    const home = (name: string): string => join(work.path, name)
    await writeTree(home('tool'), smallPackage('tool'))
    const port = await freePort()
    const place = `127.0.0.1:${port}`
    const first = await startRegistry(home('registry'), place)
    const { token, url } = first
    await first.kill()
    {
      await using author = await startAuthor(home('author'), url, token)
      const published = await ggen(author.home, 'publish', home('tool'), '--no-passphrase', '--json')
      assert.equal(published.code, 0, published.stderr)
      assert.equal(published.json<Receipt>().targets[0]?.state, 'pending')
      assert.equal(await pendingOf(author.home), 1)
      assert.match((await ggen(author.home, 'p2p', 'status')).stdout, /1 record to the central registry/)
      await author.kill()
    }
    await using author = await startAuthor(home('author'), url, token)
    assert.equal(await pendingOf(author.home), 1)
    await using registry = await startRegistry(home('registry'), place)
    await until('it is handed over', async () => (await pendingOf(author.home)) === 0, 30_000)
    assert.equal((await packagesAt(registry.url, 'tool')).length, 1)
  })

  test('goes to one that only this call names, with the token for its address, and fails with its receipt when that is down', async () => {
    await using work = await temporaryFolder()
    const home = (name: string): string => join(work.path, name)
    await writeTree(home('tool'), smallPackage('tool'))
    await using registry = await startRegistry(home('registry'))
    await writeTree(home('author'), { 'config.toml': `[registry.tokens]\n"${registry.url}/index.json" = "${registry.token}"\n` })
    await using author = await startNode({ home: home('author'), more: ['--no-mdns'], env: TRUSTING })
    const unknown = await ggen(author.home, 'publish', home('tool'), '--no-passphrase', '--registry', 'http://127.0.0.1:1', '--json')
    assert.deepEqual([unknown.code, unknown.json<Failure>().error.code], [8, 'token-missing'], unknown.stdout)
    const published = await ggen(author.home, 'publish', home('tool'), '--registry', registry.url, '--json')
    assert.deepEqual([published.code, published.json<Receipt>().targets], [0, [{ target: registry.url, state: 'stored' }]], published.stdout)
    await writeTree(home('later'), smallPackage('later'))
    await registry.kill()
    const failed = await ggen(author.home, 'publish', home('later'), '--registry', registry.url, '--json')
    const { targets, error } = failed.json<Receipt & Failure>()
    assert.deepEqual([failed.code, targets[0]?.state, error.code], [4, 'refused', 'registry-unreachable'], failed.stdout)
  })
})
