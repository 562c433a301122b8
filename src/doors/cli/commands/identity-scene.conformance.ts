import assert from 'node:assert/strict'
import { GgenError } from '#core'
import type { Environment, Variables } from '#config'
import type { ControlClient } from '#doors/control'
import type { Keystore } from '#keystore'
import { memoryKeystore } from '#testing'
import { type Context, createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import type { Ask, World } from './world.ts'

export const PASSPHRASE = 'correct horse'

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

export interface Machine {
  readonly keystore: Keystore
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Runs a command; everything that it says is collected. */
  run(run: Run, how?: { readonly ask?: Ask; readonly env?: Variables; readonly client?: Partial<ControlClient> }): Promise<{
    readonly outcome: Outcome
    readonly said: string
    readonly shown: readonly Outcome[]
  }>
  readonly context: (how?: { readonly ask?: Ask; readonly env?: Variables }) => Context
}

/** A machine without a node, with a keystore in memory and the files that commands write. */
export const machine = (seed: string, files = new Map<string, Uint8Array>()): Machine => {
  const keystore = memoryKeystore(seed)
  let said: string[] = []
  let shown: Outcome[] = []
  const world: Partial<World> = {
    openKeystore: async () => keystore,
    readFile: async (path) => files.get(path) ?? assert.fail(`there is no ${path}`),
    createFile: async (path, bytes) => {
      if (files.has(path)) throw new GgenError('conflict', `there is something already: ${path}`)
      files.set(path, bytes)
    },
  }
  const never = new AbortController().signal
  const context: Machine['context'] = ({ ask, env } = {}) => {
    const talk = { deadline: new Deadline(never, 60), say: (line: string) => void said.push(line), ask }
    const silent = { print: () => assert.fail('prints nothing itself'), watchFetch: () => assert.fail('fetches nothing') }
    return createContext(world as World, environmentOf(env), { ...talk, ...silent, show: (outcome) => void shown.push(outcome) })
  }
  return {
    keystore, files, context,
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
