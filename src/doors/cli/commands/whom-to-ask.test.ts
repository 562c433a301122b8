import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { type ForeignSource, memorySource } from '#foreign'
import type { Context } from './context.ts'
import { machine } from './identity-scene.conformance.ts'
import { askedOfNode, whomToAsk } from './whom-to-ask.ts'

const HOME = 'https://packs.example/'

const contextOf = (project: Readonly<Record<string, unknown>> = {}, isOurs = false): Context => {
  const base = machine('ada').context()
  base.deadline.lift()
  const source: ForeignSource = { ...memorySource(HOME, () => Buffer.from('[]'), new Map()), isOfOurKind: async () => isOurs }
  const readConfigFile = async (path: string) => (path === '/project/ggen.toml' ? { path, table: project } : undefined)
  const environment = { ...base.environment, platform: { ...base.environment.platform, os: 'linux', workingFolder: '/' }, readConfigFile }
  return { ...base, environment, world: { ...base.world, openForeign: async () => source } }
}

describe('whom a command asks', () => {
  it('is whoever the node is configured for, where nobody says anything else', async () => {
    assert.deepEqual(await whomToAsk({}, contextOf()), { kind: 'node', asked: {} })
  })

  it('is what the command line says, before what the project says', async () => {
    const project = contextOf({ registry: { mode: 'p2p' } })
    assert.deepEqual(await whomToAsk({}, project, 'project'), { kind: 'node', asked: { registries: 'p2p' } })
    assert.deepEqual(await whomToAsk({}, project, 'elsewhere'), { kind: 'node', asked: {} })
    assert.deepEqual(await whomToAsk({ central: true }, project, 'project'), { kind: 'node', asked: { registries: 'central' } })
    assert.deepEqual(await whomToAsk({ p2p: true }, contextOf({ registry: { mode: 'central' } }), 'project'), { kind: 'node', asked: { registries: 'p2p' } })
  })

  it('is a registry of our kind through the node, and an index of another kind without it', async () => {
    assert.deepEqual(await whomToAsk({ registry: HOME }, contextOf({}, true)), { kind: 'node', asked: { registries: { url: 'https://packs.example' } } })
    assert.deepEqual(await whomToAsk({ registry: HOME }, contextOf()), { kind: 'index', address: HOME })
    assert.deepEqual(await askedOfNode({ registry: HOME }, contextOf({}, true)), { registries: { url: 'https://packs.example' } })
    const refused = askedOfNode({ registry: HOME }, contextOf())
    await assert.rejects(refused, (error) => isGgenError(error, 'usage') && error.hint.includes('ggen install NAME --registry'))
  })
})
