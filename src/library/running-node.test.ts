import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readEnvironment } from '#config'
import { Events } from '#core'
import { temporaryFolder } from '#testing'
import { closedError, planNode, runPlanned } from './running-node.ts'

test('a wrong configuration leaves no folder behind', async () => {
  await using temp = await temporaryFolder()
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = temp.path
  try {
    await assert.rejects(planNode({ listenAddresses: ['nowhere'] }), { code: 'address-invalid' })
    assert.deepEqual(await readdir(temp.path), [])
    const { config, isFleeting } = await planNode({}, readEnvironment())
    assert.ok(isFleeting && existsSync(config.home) && config.home.startsWith(temp.path))
    await rm(config.home, { recursive: true })
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
})

test('two nodes do not use one folder of keys at the same time', async () => {
  await using folder = await temporaryFolder()
  const plan = async (home: string): ReturnType<typeof planNode> =>
    await planNode({ home: join(folder.path, home), identityPath: join(folder.path, 'keys'), listenAddresses: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const options = { events: new Events(), signal: AbortSignal.timeout(60_000) }
  {
    await using first = await runPlanned(await plan('a'), options)
    await assert.rejects(runPlanned(await plan('b'), options), { code: 'daemon-already-running' })
    assert.equal(first.network.addresses().length, 1)
  }
  await using second = await runPlanned(await plan('b'), options)
  assert.equal(second.network.addresses().length, 1)
})

test('what ends with a registry ends with a code', () => {
  assert.equal(closedError().code, 'cancelled')
})
