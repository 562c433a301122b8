import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError, LIMITS } from '#core'
import { realClock, temporaryFolder } from '#testing'
import { type AgentScene, agentScene } from './agent-scene.conformance.ts'
import { type Agents, clientOver, type Holding, socketAgents } from './agents.ts'
import { memoryAgents } from './memory-agents.ts'

const never = new AbortController().signal

interface Parts {
  readonly agents: Agents
  readonly scene: AgentScene
  readonly holding: () => Holding
}

const suiteOn = (name: string, open: (holding: () => Holding) => Agents): void => {
  const within = async (use: (parts: Parts) => Promise<void>): Promise<void> => {
    await using folder = await temporaryFolder()
    const scene = await agentScene()
    const holding = (): Holding => ({ handOver: scene.handOver(), keystore: scene.keystore, socketPath: join(folder.path, 'agent.sock'), pid: 7 })
    await use({ agents: open(holding), scene, holding })
  }

  describe(`agents ${name}`, () => {
    it('hold a key, and sign with it until they are locked', () => within(async ({ agents, scene, holding }) => {
      const client = agents.client(holding().socketPath)
      assert.deepEqual([await client.status(never), await client.sign(scene.release(), never), await client.lock(never)], [undefined, undefined, undefined])
      await using held = await agents.hold(holding())
      assert.deepEqual(await client.status(never), held.status)
      assert.equal((await client.sign(scene.release(), never))?.purpose, 'publish tool 1.2.0')
      await assert.rejects(client.sign(Buffer.from('raw bytes'), never), (error) => isGgenError(error, 'op-invalid'))
      assert.equal(await client.lock(never), 7)
      assert.equal(await held.ended, 'locked')
      assert.equal(await client.sign(scene.release(), never), undefined)
    }))

    it('are alone in their place, and leave it', () => within(async ({ agents, holding }) => {
      const { socketPath } = holding()
      {
        await using _held = await agents.hold(holding())
        await assert.rejects(agents.hold(holding()), (error) => isGgenError(error, 'conflict'))
      }
      assert.equal(await agents.client(socketPath).status(never), undefined)
      await using again = await agents.hold(holding())
      assert.equal(again.status.pid, 7)
    }))

    it('pass on what somebody says when they ask', () => within(async ({ agents, scene, holding }) => {
      const said = [true, false]
      await using held = await agents.hold({ ...holding(), confirm: async () => said.shift() ?? assert.fail('asked too often') })
      assert.equal(held.status.asks, true)
      const client = agents.client(holding().socketPath)
      assert.equal((await client.sign(scene.release(), never))?.signature.length, 64)
      await assert.rejects(client.sign(scene.release(), never), (error) => isGgenError(error, 'denied'))
    }))
  })
}

suiteOn('on sockets', () => socketAgents(realClock))
suiteOn('in memory', (holding) => memoryAgents(realClock, holding))

describe('agents in memory', () => {
  it('stay behind where they are left', async () => {
    const { clock, handOver, keystore } = await agentScene()
    const agents = memoryAgents(clock, (given) => ({ handOver: given, keystore, socketPath: 'here', pid: 7 }))
    const status = await agents.leave(handOver(), { launcher: ['nothing'], home: '/', env: {}, signal: never })
    assert.deepEqual(await agents.client('here').status(never), status)
    clock.advance(LIMITS.agentHoldMs)
    assert.equal(await agents.client('here').status(never), undefined)
  })
})

describe('a client', () => {
  it('takes an answer to another question for a defect', async () => {
    const status = { identity: 'x', publicKey: 'y', until: 1, asks: false, pid: 7 } as never
    const client = clientOver({ now: async () => ({ kind: 'status', status }), patiently: async () => ({ kind: 'status', status }) })
    await assert.rejects(client.sign(new Uint8Array(1), never), (error) => isGgenError(error, 'internal'))
    await assert.rejects(client.lock(never), (error) => isGgenError(error, 'too-busy'))
  })

  it('takes no key for closed while an agent listens and says nothing', async () => {
    const answers = (...given: readonly ('silent' | 'absent')[]) => {
      const left = [...given]
      return clientOver({ now: async () => left.shift() ?? 'silent', patiently: async () => 'silent' })
    }
    await assert.rejects(answers().lock(never), (error) => isGgenError(error, 'too-busy'))
    assert.equal(await answers('silent', 'absent').lock(never), undefined, 'it was just about to end')
    assert.deepEqual([await answers().status(never), await answers().sign(new Uint8Array(1), never)], [undefined, undefined])
  })
})
