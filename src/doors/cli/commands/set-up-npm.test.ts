import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { person } from './identity-scene.conformance.ts'
import type { NpmSetUpReply } from './outcome.ts'
import { runIn, SceneProject, type Trial } from './project-scene.conformance.ts'
import { setUpNpm, takeOutNpm } from './set-up-npm.ts'
import type { SettingsFile } from './world.ts'

const DOOR = { url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://up.example/'], scopes: [], cacheBytes: 0, token: 'hush' }

/** Files in memory, and a terminal over them. */
const scene = (files: Record<string, string>): { files: Map<string, string>; trial: Trial } => {
  const held = new Map(Object.entries(files))
  const openSettingsFile = async (path: string): Promise<SettingsFile> => ({
    path,
    read: async () => (held.has(path) ? Buffer.from(held.get(path) ?? '') : undefined),
    replace: async ({ after, mode }) => {
      assert.equal(mode, path.startsWith('/home') ? 0o600 : 0o644)
      if (after === undefined) held.delete(path)
      else held.set(path, Buffer.from(after).toString())
    },
  })
  const readFile = async (path: string): Promise<Uint8Array> => {
    const text = held.get(path)
    if (text === undefined) throw new GgenError('path-not-found', path)
    return Buffer.from(text)
  }
  return { files: held, trial: { client: { npm: async () => DOOR }, world: { openSettingsFile, readFile } } }
}

const run = async (command: ReturnType<typeof setUpNpm>, trial: Trial) => {
  const { outcome, shown } = await runIn(new SceneProject([]), command, trial)
  return { value: outcome.value as NpmSetUpReply, shown }
}

describe('ggen npm setup', () => {
  it('sets up the project where there is one, else the user', async () => {
    const { files, trial } = scene({ '/project/package.json': '{}' })
    const { value } = await run(setUpNpm({ yes: true }), trial)
    assert.deepEqual([value.state, value.whose, [...files.keys()]], ['written', 'project', ['/project/package.json', '/project/.npmrc']])
    assert.doesNotMatch(files.get('/project/.npmrc') ?? '', /hush/)
    await run(setUpNpm({ yes: true, whose: 'user' }), trial)
    assert.match(files.get('/home/ada/.npmrc') ?? '', /_authToken=hush/)
    const bare = scene({})
    assert.equal((await run(setUpNpm({ yes: true }), bare.trial)).value.whose, 'user')
    await assert.rejects(run(setUpNpm({ whose: 'project' }), bare.trial), (error) => isGgenError(error, 'usage') && /--user/.test(error.hint))
  })

  it('sets up yarn where it is used, or named', async () => {
    for (const [manifest, file, clients, wants] of [
      ['{"packageManager":"yarn@4.1.0"}', undefined, undefined, true], ['{"packageManager":"yarn@1.22.0"}', undefined, undefined, false],
      ['nonsense', 'a: b', undefined, true], ['{}', 'a: b', ['npm'], false], ['{}', undefined, ['yarn'], true],
    ] as const) {
      const { trial } = scene({ '/project/package.json': manifest, ...(file !== undefined && { '/project/.yarnrc.yml': file }) })
      const { value } = await run(setUpNpm({ yes: true, ...(clients !== undefined && { clients }) }), trial)
      assert.equal(value.files.some(({ path }) => path.endsWith('.yarnrc.yml')), wants, manifest)
    }
  })

  it('shows the change first, and writes nothing unless somebody agrees', async () => {
    const { files, trial } = scene({ '/project/package.json': '{}' })
    await assert.rejects(run(setUpNpm({}), trial), (error) => isGgenError(error, 'usage') && error.hint.includes('ggen npm setup --yes'))
    await assert.rejects(run(setUpNpm({}), { ...trial, ask: person('n') }), (error) => isGgenError(error, 'cancelled'))
    assert.equal((await run(setUpNpm({ dryRun: true }), trial)).value.state, 'planned')
    assert.equal(files.size, 1)
    const { value, shown } = await run(setUpNpm({}), { ...trial, ask: person('y') })
    assert.deepEqual(shown, [{ kind: 'npm-set-up', value: { ...value, state: 'planned' } }])
    assert.equal((await run(setUpNpm({}), trial)).value.state, 'unchanged')
  })

  it('is undone without a node, and needs none that is not there', async () => {
    const npmrc = '# mine\nregistry=https://up.example/\n'
    const { files, trial } = scene({ '/project/package.json': '{}', '/project/.npmrc': npmrc })
    await run(setUpNpm({ yes: true, clients: ['yarn'] }), trial)
    assert.equal(files.size, 3)
    const { value } = await run(takeOutNpm({ yes: true }), { ...trial, client: {} })
    assert.deepEqual([value.state, [...files]], ['written', [['/project/package.json', '{}'], ['/project/.npmrc', npmrc]]])
    assert.equal((await run(takeOutNpm({}), { ...trial, client: {} })).value.state, 'unchanged')
  })

  it('knows the file that npm is told to read', async () => {
    const { files, trial } = scene({})
    const elsewhere: ReturnType<typeof setUpNpm> = async (context) => {
      const environment = { ...context.environment, env: { ...context.environment.env, NPM_CONFIG_USERCONFIG: '/home/ada/other' } }
      return await setUpNpm({ yes: true, whose: 'user' })({ ...context, environment })
    }
    await run(elsewhere, trial)
    assert.deepEqual([...files.keys()], ['/home/ada/other'])
  })
})
