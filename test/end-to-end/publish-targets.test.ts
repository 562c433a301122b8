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
    const { packages } = (await (await fetch(`${registry.url}/v1/packages/tool`)).json()) as { readonly packages: readonly unknown[] }
    assert.equal(packages.length, 1)
  })
})
