import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, temporaryFolder } from '#testing'

const options = { skip: process.platform !== 'linux' && 'elsewhere there is a keyring, and it is that of whoever runs the tests' }

test('without a keyring of the system no keys are made for one, and what there is stays', options, async () => {
  await using work = await temporaryFolder()
  const machine = { home: join(work.path, 'home'), env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(work.path, 'nobody')}` } }
  const refused = await ggen(machine, 'id', 'create', '--keyring', '--json')
  const { error } = refused.json<{ error: { code: string; hint: string } }>()
  assert.deepEqual([refused.code, error.code, /passphrase/.test(error.hint)], [8, 'keyring-unavailable', true])
  assert.deepEqual(await readdir(join(machine.home, 'keys')), [])
  assert.equal((await ggen(machine, 'id', 'create', '--no-passphrase')).code, 0)
  assert.equal((await ggen(machine, 'id', 'protect', '--keyring')).code, 8)
  assert.equal((await ggen(machine, 'id', 'show', '--json')).json()['protection'], 'none')
})
