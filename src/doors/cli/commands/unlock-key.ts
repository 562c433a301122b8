import { GgenError } from '#core'
import { withoutPassphrase } from '#config'
import type { HandOver } from '#doors/agent'
import type { HeldIdentity, Keystore } from '#keystore'
import type { Context, Run } from './context.ts'
import { holdKey } from './hold-key.ts'
import { endAgent } from './lock-agent.ts'
import type { Outcome } from './outcome.ts'
import { withKeys } from './passphrase.ts'
import { SigningQuestions } from './signing-questions.ts'

export interface UnlockOptions {
  readonly forMs: number
  /** Stay here, and ask before each signature. */
  readonly asks: boolean
}

/** Opens the release key that may sign now, and no other. A key whose own time is over sooner is held no longer. */
const openRelease = async (forMs: number, { keystore, held, context }: {
  readonly keystore: Keystore
  readonly held: HeldIdentity
  readonly context: Context
}): Promise<Omit<HandOver, 'stamp'>> => {
  const publicKey = keystore.releaseKey(held)
  const { seed } = await withKeys(held, (passphrase) => keystore.open(publicKey, passphrase), { ...context, why: 'unlock its release key' })
  const { expires } = keystore.describe(held).find((key) => key.publicKey === publicKey && key.role === 'release') ?? {}
  const leftMs = expires === undefined ? forMs : expires * 1000 - Date.now()
  return { identity: held.file.identity, publicKey, seed, forMs: Math.max(1, Math.min(forMs, leftMs)) }
}

const holdHere = async (handOver: HandOver, context: Context): Promise<Outcome> => {
  const { ask, deadline, say } = context
  if (ask === undefined) throw nobodyToAsk()
  const gone = new AbortController()
  await using questions = new SigningQuestions({ ask, say, onGone: () => gone.abort() })
  const signal = AbortSignal.any([deadline.signal, gone.signal])
  const why = await holdKey(handOver, { confirm: questions.confirm, signal }, context)
  return { kind: 'locked', value: { locked: true, pid: process.pid, why } }
}

const nobodyToAsk = (): GgenError =>
  new GgenError('usage', 'nobody can be asked here before each signature', { hint: 'run it on a terminal of its own; without --ask nobody is asked' })

/** `ggen id unlock`: asks for the passphrase once, and has an agent hold the release key for a while. Needs no node. */
export const unlockKey =
  ({ forMs, asks }: UnlockOptions): Run =>
  async (context) => {
    const { world, environment, places, deadline } = context
    if (asks && context.ask === undefined) throw nobodyToAsk()
    deadline.lift()
    const keystore = await world.openKeystore(places.home)
    // Before the file is read: a change that comes later must not go unseen.
    const stamp = (await keystore.stamp()) ?? ''
    const held = await keystore.read()
    if (held.file.protection.kind === 'none') {
      throw new GgenError('usage', 'these keys are not encrypted: nothing is locked', { hint: 'encrypt them first: ggen id protect' })
    }
    const handOver = { ...(await openRelease(forMs, { keystore, held, context })), stamp }
    await endAgent(context)
    if (asks) return await holdHere(handOver, context)
    const { launcher } = world
    const agents = await world.openAgents()
    const options = { launcher, home: places.home, env: withoutPassphrase(environment.env), signal: deadline.signal }
    return { kind: 'unlocked', value: await agents.leave(handOver, options) }
  }
