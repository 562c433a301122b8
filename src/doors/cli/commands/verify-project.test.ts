import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Digest, digestOf, GgenError, isGgenError } from '#core'
import type { ControlClient, FetchReply } from '#doors/control'
import { archiveOf, IDENTITY, locked, runIn, SceneProject } from './project-scene.conformance.ts'
import { verifyProject } from './verify-project.ts'

const LOCK = [locked('a', '1.0.0'), locked('b', '2.0.0')]

/** A node that holds these archives, and can fetch all. */
const nodeWith = (...held: readonly string[]): { readonly client: Partial<ControlClient>; readonly asked: unknown[] } => {
  const asked: unknown[] = []
  const store = new Map<Digest, Buffer>()
  const put = (spec: string): void => {
    const [name = '', version = ''] = spec.split('@')
    store.set(digestOf(archiveOf(name, version)), archiveOf(name, version))
  }
  held.forEach(put)
  const client: Partial<ControlClient> = {
    readBlob: async function* (digest) {
      const bytes = store.get(digest)
      if (bytes === undefined) throw new GgenError('blob-not-found', `${digest} is not here`)
      yield await Promise.resolve(bytes)
    },
    fetch: async (question) => {
      asked.push(question)
      put(question.spec)
      return {} as FetchReply
    },
  }
  return { client, asked }
}

const verify = async (project: SceneProject, client: Partial<ControlClient>, offline?: boolean) => {
  const { outcome } = await runIn(project, verifyProject({ folder: '.', ...(offline !== undefined && { offline }) }), { client })
  assert(outcome.kind === 'verified')
  return { states: outcome.value.packages.map(({ name, state }) => `${name} ${state}`), failure: outcome.failure, packages: outcome.value.packages }
}

describe('ggen verify', () => {
  it('finds that all is whole, and asks nobody for what the node holds', async () => {
    const { client, asked } = nodeWith('a@1.0.0', 'b@2.0.0')
    const { states, failure } = await verify(new SceneProject(LOCK), client)
    assert.deepEqual([states, failure, asked], [['a whole', 'b whole'], undefined, []])
  })

  it('names every file that differs, and fails as for broken bytes', async () => {
    const project = new SceneProject(LOCK)
    project.differences['b'] = [{ path: 'x', what: 'extra' }]
    const { states, failure, packages } = await verify(project, nodeWith('a@1.0.0', 'b@2.0.0').client)
    assert.deepEqual(states, ['a whole', 'b changed'])
    assert.deepEqual(packages[1]?.differences, [{ path: 'x', what: 'extra' }])
    assert(isGgenError(failure, 'files-changed') && failure.kind.exitCode === 5 && /1 of 2/.test(failure.message))
  })

  it('has an archive brought that is not here, by its exact version and publisher', async () => {
    const { client, asked } = nodeWith('a@1.0.0')
    assert.deepEqual((await verify(new SceneProject(LOCK), client)).states, ['a whole', 'b whole'])
    assert.deepEqual(asked, [{ spec: 'b@2.0.0', locked: IDENTITY }])
  })

  it('does not say that something is whole or changed whose archive cannot be had', async () => {
    const project = new SceneProject(LOCK)
    const { client, asked } = nodeWith('a@1.0.0')
    const { states, failure } = await verify(project, client, true)
    assert.deepEqual([states, failure?.code, asked], [['a whole', 'b unknown'], 'blob-not-found', []])
    project.differences['a'] = [{ path: '', what: 'missing' }]
    assert.equal((await verify(project, client, true)).failure?.code, 'files-changed', 'what is known to be wrong comes first')
  })

  it('fails as a whole where no node runs', async () => {
    const client: Partial<ControlClient> = {
      readBlob: async function* () {
        yield await Promise.reject(new GgenError('daemon-not-running', 'no node'))
      },
    }
    await assert.rejects(verify(new SceneProject(LOCK), client), (error) => isGgenError(error, 'daemon-not-running'))
  })

  it('looks at nothing where nothing is installed', async () => {
    assert.deepEqual(await verify(new SceneProject([]), {}), { states: [], failure: undefined, packages: [] })
  })
})
