import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isGgenError, parsePackageSpec, type RegistryId } from '#core'
import { NamedRegistries, type Upstream } from '#registry'
import { PEERS_ALONE, type Registries } from './registries.ts'
import { type RequestParts, Requests } from './requests.ts'
import type { Whom } from './vouching.ts'

const never = new AbortController().signal
const url = 'https://packs.example.org' as RegistryId
const upstream = (id: string): Upstream => ({ id, [Symbol.asyncDispose]: async () => undefined }) as unknown as Upstream
const spec = parsePackageSpec('tool')

/** Answers nothing, and notes who was to be asked. */
const open = (registries: Partial<Registries>, opened = 1) => {
  const asked: (Registries | undefined)[] = []
  const note = async (_what: unknown, _signal: unknown, { among }: Whom): Promise<never> => {
    asked.push(among)
    return {} as never
  }
  const named = new NamedRegistries(upstream, opened)
  const parts = { registries: { ...PEERS_ALONE, named, ...registries }, searcher: { search: note }, inspection: { info: note, sources: note } }
  return { asked, named, requests: new Requests(parts as unknown as RequestParts) }
}

suite('What users ask', () => {
  test('goes to those whom the operator chose, or to those whom the request names and nobody else', async () => {
    const central = upstream('https://central.example')
    const { asked, requests } = open({ central, order: 'p2p-first' })
    await requests.search({ words: ['x'] }, never)
    await requests.search({ words: ['x'], registries: 'p2p' }, never)
    await requests.info(spec, never, 'central')
    await requests.sources(spec, never, { url })
    await requests.info(spec, never, { prefer: 'central-first' })
    const seen = asked.map((among) => among && [among.asksPeers, among.central?.id, among.order])
    assert.deepEqual(seen, [
      undefined, [true, undefined, 'p2p-first'], [false, central.id, 'p2p-first'], [false, url, 'p2p-first'], [true, central.id, 'central-first'],
    ])
  })

  test('reaches a central registry that is configured and usually not asked, and is refused where there is none', async () => {
    const spare = upstream('https://central.example')
    const { asked, requests } = open({ spare })
    await requests.info(spec, never, 'central')
    assert.equal(asked[0]?.central, spare)
    await assert.rejects(open({}).requests.info(spec, never, 'central'), (error) => isGgenError(error, 'usage') && error.hint.includes('--registry'))
  })

  test('takes the central registry for itself when it is named by its address, and gives back what it opened for others', async () => {
    const central = upstream(url)
    const { asked, requests, named } = open({ central })
    await requests.info(spec, never, { url })
    assert.equal(asked[0]?.central, central)
    for (const other of ['https://a.example', 'https://b.example'] as RegistryId[]) await requests.info(spec, never, { url: other })
    assert.ok(named.find('https://b.example' as RegistryId), 'there was room for one only')
  })
})
