import type { Config } from '#config'
import { GgenError, isGgenError, type Op, type StatusStatement } from '#core'
import type { AgentClient, AgentStatus } from '#doors/agent'
import type { Handed, PublishDesk } from '#doors/npm'
import type { Keystore } from '#keystore'
import type { Marketplace, StatementReceipt } from '#marketplace'
import { systemClock } from '#node/system'
import type { Uploads } from '#store/disk'
import { openAgents } from './open-agents.ts'
import { openKeystoreOf } from './open-keystore-of.ts'

export interface AgentDeskParts {
  readonly marketplace: Pick<Marketplace, 'prepare' | 'commit' | 'speaking'>
  /** Holds the key, or not: this process never does. */
  readonly agent: AgentClient
  readonly openKeystore: () => Promise<Pick<Keystore, 'find' | 'isOwnWord'>>
  readonly uploads: Pick<Uploads, 'put' | 'lend'>
  /** `false`: nothing is published from this node, and nothing waits for it either. */
  readonly publishes: boolean
  readonly now: () => number
}

interface Prepared {
  readonly payload: Uint8Array
  readonly isExpected: (op: Op) => boolean
}

type Uploaded = Parameters<PublishDesk['publish']>[0]

/** The desk of a home folder. */
export const openAgentDesk = (
  { home, agentSocketPath, publishes }: Pick<Config, 'home' | 'agentSocketPath' | 'publishes'>,
  { marketplace, uploads }: Pick<AgentDeskParts, 'marketplace' | 'uploads'>,
): AgentDesk =>
  new AgentDesk({
    marketplace, uploads, publishes,
    agent: openAgents().client(agentSocketPath),
    openKeystore: () => openKeystoreOf(home, undefined),
    now: () => systemClock.now(),
  })

/** Publishes of one package at the same time take each other's place in the feed; each round one of them gets through. */
const TRIES = 20

/** Has what clients of npm say signed by the agent of this home, where it holds a key; what is published without one waits to be approved. */
export class AgentDesk implements PublishDesk {
  readonly #parts: AgentDeskParts

  constructor(parts: AgentDeskParts) {
    this.#parts = parts
  }

  async publish(upload: Uploaded, signal: AbortSignal): Promise<Handed> {
    const { uploads, now, publishes } = this.#parts
    if (!publishes) throw new GgenError('publishes-nothing', 'nothing is published from this node')
    const { name, version, archive, tag } = upload
    const agent = await this.#agent(signal)
    if (agent === undefined && tag !== 'latest') throw noKey('only an unlocked key can publish under another tag than latest')
    if (agent === undefined) {
      await uploads.put({ name, version, at: now() }, archive)
      return { state: 'staged' }
    }
    await using lent = await uploads.lend(archive)
    return await this.#sign(agent, { upload, path: lent.path }, signal)
  }

  async say(words: StatusStatement, signal: AbortSignal): Promise<void> {
    const agent = await this.#agent(signal)
    if (agent === undefined) throw noKey('nobody can sign this just now')
    await inTurn(() => this.#say(agent, words, signal))
  }

  async #say(agent: AgentStatus, words: StatusStatement, signal: AbortSignal): Promise<StatementReceipt> {
    const { speaking } = this.#parts.marketplace
    const isExpected = (op: Op): boolean => op.type === 'status' && op.body.name === words.name && op.body.version === words.version &&
      op.body.state === words.state && op.body.why === words.why && op.body.tag?.name === words.tag?.name && op.body.tag?.version === words.tag?.version
    const { intent, payload } = await speaking.prepare({ ...(await this.#author(agent)), statement: words }, signal)
    return await speaking.commit(intent, [await this.#signature(agent, { payload, isExpected }, signal)], signal)
  }

  #sign(agent: AgentStatus, { upload: { name, version, stays }, path }: { readonly upload: Uploaded; readonly path: string }, signal: AbortSignal) {
    const { marketplace } = this.#parts
    const isExpected = (op: Op): boolean =>
      op.type === 'release' && op.feed === agent.publicKey && String(op.body.name) === name && String(op.body.version) === version
    return inTurn(async (): Promise<Handed> => {
      // Where others have to co-sign that word as well, it says nothing yet that could stay.
      const keepsLatest = stays !== undefined && (await this.#say(agent, stays, signal)).staged === undefined
      const prepared = await marketplace.prepare({ ...(await this.#author(agent)), path, ...(keepsLatest && { keepsLatest }) }, signal)
      if (prepared.state === 'published') return { state: 'published' }
      const signature = await this.#signature(agent, { payload: prepared.payload, isExpected }, signal)
      const { staged } = await marketplace.commit(prepared.intent, [signature], signal)
      const { lookAlikes } = prepared
      return { state: staged === undefined ? 'published' : 'staged', ...(lookAlikes !== undefined && { lookAlikes }) }
    })
  }

  async #signature(agent: AgentStatus, { payload, isExpected }: Prepared, signal: AbortSignal) {
    const keystore = await this.#parts.openKeystore()
    if (!keystore.isOwnWord(agent, payload, isExpected)) throw new GgenError('op-invalid', 'what is to be signed is not what was asked for')
    const signed = await this.#parts.agent.sign(payload, signal)
    if (signed === undefined) throw noKey('the key was locked just now')
    return { key: agent.publicKey, signature: signed.signature }
  }

  async #author({ identity, publicKey }: AgentStatus) {
    const held = await (await this.#parts.openKeystore()).find()
    if (held?.file.identity !== identity) throw new GgenError('key-missing', 'the key that is unlocked belongs to another publisher than this home')
    return { identity, chain: held.file.chain, feed: publicKey }
  }

  #agent(signal: AbortSignal): Promise<AgentStatus | undefined> {
    return this.#parts.agent.status(signal)
  }
}

const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await work()
    } catch (error) {
      if (left === 1 || !isGgenError(error, 'publish-expired')) throw error
    }
  }
}

const noKey = (what: string): GgenError => new GgenError('passphrase-needed', what, { hint: 'unlock the key of this home for a while: ggen id unlock' })
