import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, startBalancer, startCentral, temporaryFolder } from '#testing'

const TRIES = 8

test('a token that is made on one of two registries counts on both behind a balancer, and ends on both at once', { timeout: 120_000 }, async () => {
  await using work = await temporaryFolder()
  const homes = ['first', 'second'].map((name) => join(work.path, name))
  for (const home of homes) {
    await mkdir(home, { mode: 0o700 })
    await writeFile(join(home, 'config.toml'), `[registry]\ntokens_path = "${join(work.path, 'shared', 'tokens.json')}"\n`)
  }
  await using stack = new AsyncDisposableStack()
  const registries = await Promise.all(homes.map((home) => startCentral({ home, more: ['--listen', '127.0.0.1:0', '--no-network'] })))
  for (const registry of registries) stack.use(registry)
  const balancer = stack.use(await startBalancer(registries.map(({ url }) => Number(new URL(url).port))))
  const [first = '', second = ''] = homes

  let uploads = 0
  /** Each over a connection of its own, so that they go to both in turn. */
  const upload = async (token: string): Promise<number> => {
    const body = Buffer.from(`archive ${(uploads += 1)}`)
    const digest = createHash('sha256').update(body).digest('hex')
    const headers = { authorization: `Bearer ${token}`, connection: 'close' }
    const answer = await fetch(`${balancer.url}/v1/blobs/sha256:${digest}`, { method: 'PUT', body, headers })
    await answer.text()
    return answer.status
  }
  const statuses = async (token: string): Promise<readonly number[]> => {
    const seen: number[] = []
    for (let index = 0; index < TRIES; index += 1) seen.push(await upload(token))
    return seen
  }
  const { id, token } = (await ggen(first, 'registry', 'token', 'create', '--names', '*', '--json')).json<{ id: string; token: string }>()
  assert.deepEqual(await statuses(token), Array(TRIES).fill(201))
  const { tokens } = (await ggen(second, 'registry', 'token', 'list', '--json')).json<{ tokens: { id: string }[] }>()
  assert.deepEqual(tokens.map((one) => one.id), [id])
  assert.equal((await ggen(second, 'registry', 'token', 'revoke', id)).code, 0)
  assert.deepEqual(await statuses(token), Array(TRIES).fill(401))
  for (const { url } of registries) {
    const counted = await (await fetch(`${url}/metrics`)).text()
    assert.match(counted, new RegExp(`ggen_registry_requests_total\\{[^}]*status="201"[^}]*\\} ${TRIES / 2}\\b`), 'the balancer asked both')
  }
})
