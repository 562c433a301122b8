import assert from 'node:assert/strict'
import { after } from 'node:test'
import { GgenError } from '#core'
import type { Environment, Variables } from '#config'
import type { ControlClient } from '#doors/control'
import type { Keystore } from '#keystore'
import { type Agents, memoryAgents } from '#doors/agent'
import { memoryKeystore, TestClock } from '#testing'
import { type Context, createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import type { Ask, World } from './world.ts'

export const PASSPHRASE = 'correct horse'
/** Of what is left behind in memory. */
export const AGENT_PID = 4711

export const environmentOf = (env: Variables = {}): Environment => ({
  env: { GGEN_HOME: '/home/ada/.ggen', ...env }, dotGgen: false, readConfigFile: async () => undefined,
  platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/project', userId: 1 },
})

/** A person who gives these answers in their order, to these questions. */
export interface Person extends Ask {
  readonly questions: readonly string[]
}

export const person = (...answers: readonly string[]): Person => {
  const questions: string[] = []
  const answer = async (question: string): Promise<string> => {
    questions.push(question)
    return answers[questions.length - 1] ?? assert.fail(`asked too often: ${question}`)
  }
  return { questions, visible: answer, hidden: answer }
}

export interface How {
  readonly ask?: Ask
  readonly env?: Variables
  /** Somebody sees what goes to stderr. */
  readonly isTTY?: boolean
  readonly print?: Context['print']
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly interrupted?: AbortSignal
}

export interface Machine {
  readonly keystore: Keystore
  /** In this process. */
  readonly agents: Agents
  /** Of the agents. */
  readonly clock: TestClock
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Runs a command; everything that it says is collected. */
  run(run: Run, how?: How & { readonly client?: Partial<ControlClient> }): Promise<{
    readonly outcome: Outcome
    readonly said: string
    readonly shown: readonly Outcome[]
  }>
  readonly context: (how?: How) => Context
}

/** Whoever is only given a context waits for nothing, and a wait that nobody ends keeps the tests from ending. */
const waits = new DisposableStack()
after(() => waits.dispose())

/** A machine without a node, with a keystore in memory and the files that commands write. */
export const machine = (seed: string, files = new Map<string, Uint8Array>()): Machine => {
  const keystore = memoryKeystore(seed)
  const clock = new TestClock()
  const agents = memoryAgents(clock, (handOver) => ({ handOver, keystore, socketPath: '/home/ada/.ggen/agent.sock', pid: AGENT_PID }))
  let said: string[] = []
  let shown: Outcome[] = []
  const world: Partial<World> = {
    launcher: ['ggen'],
    openAgents: async () => agents,
    isAlive: () => false,
    openKeystore: async () => keystore,
    readFile: async (path) => files.get(path) ?? assert.fail(`there is no ${path}`),
    createFile: async (path, bytes) => {
      if (files.has(path)) throw new GgenError('conflict', `there is something already: ${path}`)
      files.set(path, bytes)
    },
  }
  const never = new AbortController().signal
  const context: Machine['context'] = ({ ask, env, isTTY = false, print, stdin, interrupted = never } = {}) => {
    const printing = print ?? (() => assert.fail('prints nothing itself'))
    const talk = { deadline: waits.use(new Deadline(interrupted, 60)), say: (line: string) => void said.push(line), ask, print: printing }
    const silent = { show: (outcome: Outcome) => void shown.push(outcome), watchFetch: () => assert.fail('fetches nothing') }
    const stderr = { write: () => undefined, isTTY }
    const whole = { ...world, stderr, stdin: () => stdin ?? assert.fail('reads nothing that is piped') }
    return createContext(whole as World, environmentOf(env), { ...talk, ...silent })
  }
  return {
    keystore, agents, clock, files, context,
    run: async (run, { client, ...how } = {}) => {
      said = []
      shown = []
      const base = context(how)
      try {
        const outcome = await run(client === undefined ? base : { ...base, client: client as ControlClient })
        return { outcome: outcome ?? assert.fail('no outcome'), said: said.join('\n'), shown }
      } finally {
        base.deadline[Symbol.dispose]()
      }
    },
  }
}
