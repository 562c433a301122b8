import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Context } from './context.ts'
import { machine } from './identity-scene.conformance.ts'
import { whomToAsk } from './whom-to-ask.ts'

const contextOf = (project: Readonly<Record<string, unknown>> = {}): Context => {
  const base = machine('ada').context()
  base.deadline.lift()
  const readConfigFile = async (path: string) => (path === '/project/ggen.toml' ? { path, table: project } : undefined)
  return { ...base, environment: { ...base.environment, platform: { ...base.environment.platform, os: 'linux', workingFolder: '/' }, readConfigFile } }
}

describe('whom a command asks', () => {
  it('is whoever the node is configured for, where nobody says anything else', async () => {
    assert.deepEqual(await whomToAsk({}, contextOf()), {})
  })

  it('is what the command line says, before what the project says', async () => {
    const project = contextOf({ registry: { mode: 'p2p' } })
    assert.deepEqual(await whomToAsk({}, project, 'project'), { registries: 'p2p' })
    assert.deepEqual(await whomToAsk({}, project, 'elsewhere'), {})
    assert.deepEqual(await whomToAsk({ central: true }, project, 'project'), { registries: 'central' })
    assert.deepEqual(await whomToAsk({ p2p: true }, contextOf({ registry: { mode: 'central' } }), 'project'), { registries: 'p2p' })
  })

  it('is a registry at an address of the web, or in a folder seen from where the command runs', async () => {
    const urlOf = async (registry: string): Promise<unknown> => await whomToAsk({ registry }, contextOf())
    for (const same of ['https://packs.example/', 'https://packs.example/index.json']) {
      assert.deepEqual(await urlOf(same), { registries: { url: 'https://packs.example' } })
    }
    for (const same of ['brought', './brought/index.json', 'file:///brought/']) assert.deepEqual(await urlOf(same), { registries: { url: 'file:///brought' } })
    for (const wrong of ['ftp://packs.example', 'https://packs.example/?a=b', 'https://me:x@packs.example']) {
      await assert.rejects(urlOf(wrong), { code: 'usage' }, wrong)
    }
  })
})
