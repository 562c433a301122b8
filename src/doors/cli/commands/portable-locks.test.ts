import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import type { ControlClient } from '#doors/control'
import { makeLocksPortable } from './portable-locks.ts'
import { runIn, SceneProject } from './project-scene.conformance.ts'
import type { NearFile } from './world.ts'

const DOOR = { url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://registry.example/'], scopes: [] }
const LOCK = `a@1:\n  version "1.0.0"\n  resolved "${DOOR.url}a/-/a-1.0.0.tgz#x"\n`
const BUN = `{"packages": {"b": ["b@2.0.0", "${DOOR.url}b/-/b-2.0.0.tgz", {}, ""], "c": ["c@1.0.0", "${DOOR.url}c/-/c-1.0.0.tgz", {}, ""]}}`

/** Mends the files, with what the node says of addresses; resolves to what they are then, and to what was said. */
const mended = async (texts: Readonly<Record<string, string>>, npmAddresses: ControlClient['npmAddresses']) => {
  const after = new Map(Object.entries(texts))
  const nearestFiles = async (folder: string, names: readonly string[]): Promise<readonly NearFile[]> =>
    [...after].filter(([path]) => names.some((name) => path === `${folder}/${name}`)).map(([path, text]) =>
      ({ path, text, replace: async (changed: string) => void after.set(path, changed) }))
  const { said } = await runIn(new SceneProject([]), async (context) => {
    await makeLocksPortable(context, DOOR, new Map())
    return { kind: 'ran', value: { command: 'npm', exitCode: 3 } }
  }, { client: { npmAddresses }, world: { nearestFiles } })
  return { texts: Object.fromEntries(after), said: said.join('\n') }
}

describe('Lock files, when a command is over', () => {
  it('name the registries, except for what only the node has', async () => {
    const asked: unknown[] = []
    const known = new Map([['a', 'https://registry.example/a.tgz'], ['c', 'https://registry.example/c/-/c-1.0.0.tgz']])
    const { texts, said } = await mended({ '/project/yarn.lock': LOCK, '/project/bun.lock': BUN }, async (packages) => {
      asked.push(...packages)
      return { addresses: packages.map(({ name }) => known.get(name) ?? null) }
    })
    assert.deepEqual(asked, [{ name: 'a', version: '1.0.0' }, { name: 'b', version: '2.0.0' }, { name: 'c', version: '1.0.0' }])
    assert.deepEqual(texts, {
      '/project/yarn.lock': LOCK.replace(`${DOOR.url}a/-/a-1.0.0.tgz`, 'https://registry.example/a.tgz'),
      '/project/bun.lock': BUN.replace(`${DOOR.url}c/-/c-1.0.0.tgz`, ''),
    })
    assert.equal(said, '')
  })

  it('are asked about in pieces where they are long', async () => {
    const sizes: number[] = []
    const long = Array.from({ length: 1001 }, (_, index) =>
      `a${index}@1:\n  version "1.0.0"\n  resolved "${DOOR.url}a${index}/-/a${index}-1.0.0.tgz"\n`).join('\n')
    await mended({ '/project/yarn.lock': long }, async (packages) => {
      sizes.push(packages.length)
      return { addresses: [] }
    })
    assert.deepEqual(sizes, [1000, 1])
  })

  it('are named where they could not be changed', async () => {
    const { texts, said } = await mended({ '/project/yarn.lock': LOCK }, async () => {
      throw new GgenError('daemon-not-running', 'no node runs')
    })
    assert.equal(texts['/project/yarn.lock'], LOCK)
    assert.match(said, /^\/project\/yarn\.lock names this node.*no node runs/)
  })
})
