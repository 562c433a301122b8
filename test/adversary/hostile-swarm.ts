import { decodeRendezvousQuestion, encodeRendezvousEntries, encodeRendezvousReceipt, type RendezvousEntry } from '#network'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { createHash, generateKeyPairSync, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { parseMultiaddr, parsePeerId } from '#core'
import { type HostileNode, type Named, startHostileNode } from './hostile-node.ts'

/** Many hostile nodes in a process of their own, who name nobody but each other. */
export interface SwarmOptions {
  /** One node at each. */
  readonly hosts: readonly string[]
  /** Their ids are made until they lie next to the place of this key (hexadecimal) on the ring. */
  readonly nearTo?: string
  /** What they say at a rendezvous: that there is nobody, or twenty peers each who are not there, and of those who are, wrong addresses. */
  readonly says: 'nobody' | 'ghosts'
}

export interface HostileSwarm extends AsyncDisposable {
  readonly peers: readonly Named[]
  /** To how many of them the victim has connected. */
  met(victim: string): Promise<number>
}

/** Starts it; ends with the test. */
export const startHostileSwarm = async (options: SwarmOptions): Promise<HostileSwarm> => {
  const child = fork(import.meta.filename, [JSON.stringify(options)], { execArgv: ['--conditions=ggen-source'] })
  const answer = async <T>(): Promise<T> => {
    const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [T]
    assert(typeof message === 'object' && message !== null, 'the swarm ended')
    return message
  }
  const { peers } = await answer<{ readonly peers: readonly Named[] }>()
  return {
    peers,
    met: async (victim) => {
      child.send({ victim })
      return (await answer<{ readonly met: number }>()).met
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
/** The nearest hundredth of the ring. */
const NEAR = 2
const RAW_BYTES = 32

const freshKey = (): PrivateKey => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-RAW_BYTES)
  return privateKeyFromRaw(Buffer.concat([seed, publicKey.export({ format: 'der', type: 'spki' }).subarray(-RAW_BYTES)]))
}

const keyFor = (nearTo: string | undefined): PrivateKey => {
  const place = nearTo === undefined ? undefined : sha256(Buffer.from(nearTo, 'hex'))
  for (;;) {
    const key = freshKey()
    const distance = place === undefined ? 0 : (sha256(peerIdFromPrivateKey(key).toMultihash().bytes)[0] ?? 0) ^ (place[0] ?? 0)
    if (distance < NEAR) return key
  }
}

/** Twenty entries: those who put themselves, where they are not, and whoever does not exist. */
const ghosts = (real: ReadonlySet<string>): RendezvousEntry[] => {
  const ids = [...real, ...Array.from({ length: 20 }, () => peerIdFromPrivateKey(freshKey()).toString())].slice(0, 20)
  return ids.map((id) => ({ peer: parsePeerId(id), addresses: [parseMultiaddr(`/ip4/127.99.${randomInt(250)}.1/tcp/${randomInt(1024, 60_000)}`)] }))
}

/** Twenty of many: more are not read. */
const someOf = (named: readonly Named[]): readonly Named[] => {
  const from = randomInt(named.length)
  return [...named.slice(from), ...named.slice(0, from)].slice(0, 20)
}

/** The process itself. */
const serve = async ({ hosts, nearTo, says }: SwarmOptions): Promise<void> => {
  const named: Named[] = []
  const real = new Set<string>()
  const rendezvous = (bytes: Uint8Array, from: string): Uint8Array => {
    const { op } = decodeRendezvousQuestion(bytes)
    if (op === 'put') real.add(from)
    return op === 'get' ? encodeRendezvousEntries(says === 'ghosts' ? ghosts(real) : []) : encodeRendezvousReceipt(true)
  }
  const nodes: HostileNode[] = []
  for (const host of hosts) {
    const node = await startHostileNode({ host, key: keyFor(nearTo), rendezvous, closer: () => someOf(named) })
    nodes.push(node)
    named.push({ peer: node.self, addresses: [node.address.replace(/\/p2p\/.*/, '')] })
  }
  process.on('message', ({ victim }: { readonly victim: string }) => process.send?.({ met: nodes.filter(({ met }) => met.has(victim)).length }))
  process.on('disconnect', () => process.exit())
  process.send?.({ peers: named })
}

if (import.meta.main) await serve(JSON.parse(process.argv[2] ?? '{}') as SwarmOptions)
