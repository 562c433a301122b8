import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isGgenError, type RegistryId } from '#core'
import { NamedRegistries } from './named-registries.ts'
import type { Upstream } from './upstream.ts'

const [a, b, c] = ['https://a.example', 'https://b.example', 'https://c.example'] as [RegistryId, RegistryId, RegistryId]

const open = () => {
  const log: string[] = []
  const make = (id: RegistryId): Upstream => {
    log.push(`open ${id}`)
    return { id, [Symbol.asyncDispose]: async () => void log.push(`close ${id}`) } as unknown as Upstream
  }
  return { log, named: new NamedRegistries(make, 2) }
}

suite('Registries that are named for single questions', () => {
  test('stay open when they are given back, and are opened once', async () => {
    const { log, named } = open()
    for (let round = 0; round < 3; round++) {
      using lease = await named.lease(a)
      assert.equal(named.find(a), lease.upstream)
    }
    assert.deepEqual(log, [`open ${a}`])
    await named[Symbol.asyncDispose]()
    assert.deepEqual(log, [`open ${a}`, `close ${a}`])
    assert.equal(named.find(a), undefined)
  })

  test('make room for others, the least recently used first, and never one in use', async () => {
    const { log, named } = open()
    const first = await named.lease(a)
    ;(await named.lease(b))[Symbol.dispose]()
    const third = await named.lease(c)
    assert.deepEqual(log, [`open ${a}`, `open ${b}`, `open ${c}`, `close ${b}`])
    await assert.rejects(named.lease(b), (error) => isGgenError(error, 'too-busy'))
    third[Symbol.dispose]()
    first[Symbol.dispose]()
    ;(await named.lease(a))[Symbol.dispose]()
    ;(await named.lease(b))[Symbol.dispose]()
    assert.deepEqual(log.slice(4), [`open ${b}`, `close ${c}`])
  })
})
