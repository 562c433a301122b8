import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigFile } from './environment.ts'
import { askedRegistries } from './asked-registries.ts'

const file = (path: string, registry: object): ConfigFile => ({ path, table: { registry } })

test('a project and the environment of a command say whom to ask, and what the user configured for the node is left to the node', () => {
  const asked = (project: object | undefined, env: Record<string, string> = {}, config: object = {}) => {
    const around = project === undefined ? {} : { project: file('/project/ggen.toml', project) }
    return askedRegistries({ env, files: { dotGgen: true, config: file('/home/.ggen/config.toml', config), ...around } })
  }
  assert.equal(asked(undefined), undefined)
  assert.equal(asked(undefined, {}, { mode: 'p2p', prefer: 'p2p-first' }), undefined)
  assert.equal(asked({}), undefined)
  assert.equal(asked({ mode: 'p2p' }), 'p2p')
  assert.equal(asked({ mode: 'central' }, {}, { mode: 'p2p' }), 'central')
  assert.deepEqual(asked({ prefer: 'p2p-first' }), { prefer: 'p2p-first' })
  assert.deepEqual(asked({ mode: 'hybrid' }, {}, { mode: 'p2p', prefer: 'p2p-first' }), { prefer: 'p2p-first' })
  assert.equal(asked({ prefer: 'p2p-first' }, {}, { mode: 'central' }), 'central', 'the order says nothing of who is asked')
  assert.equal(asked({ mode: 'central' }, { GGEN_REGISTRY_MODE: 'p2p' }), 'p2p', 'the environment wins')
})
