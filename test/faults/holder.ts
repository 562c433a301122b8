import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { type Clock, type Digest, Events, parseMultiaddr } from '#core'
import { generatePeerKey, joinNetwork } from '#network/libp2p'
import type { LinkOptions } from '#testing'
import { countingShelf, type Served } from './counting-shelf.ts'
import { type BlobFile, fileShelf } from './file-shelf.ts'
import { type Lie, lyingShelf } from './lying-shelf.ts'
import { offerBlobs } from './offer-blobs.ts'

/** What is wrong with a holder; nothing: it is as honest and quick as it can be. */
export interface HolderFault {
  readonly lie?: Lie
  /** What it lies about; by default the first of the files. */
  readonly about?: readonly Digest[]
  /** What lies between the others and its bulk channel. */
  readonly link?: Omit<LinkOptions, 'to'>
}

export interface HolderOptions {
  readonly files: readonly BlobFile[]
  /** Addresses of the nodes that it connects to. */
  readonly dial?: readonly string[]
}

/** A peer that holds the files. */
export interface Holder {
  readonly peerId: string
  readonly addresses: readonly string[]
  /** Everything that it answered, oldest first. */
  readonly served: readonly Served[]
}

interface HolderProcess extends AsyncDisposable {
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
}

/** Several in one process. */
export interface Holders extends HolderProcess {
  readonly holders: readonly Holder[]
}

type Who = Omit<Holder, 'served'>
type Said = { readonly holders: readonly Who[] } | { readonly index: number; readonly served: Served }

/** Starts holders in a process of their own, one for each fault; resolves when they listen. */
export const startHolders = async (options: HolderOptions, faults: readonly HolderFault[]): Promise<Holders> => {
  const args = ['--conditions=ggen-source', import.meta.filename, JSON.stringify({ ...options, faults })]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const { promise: ready, resolve, reject } = Promise.withResolvers<readonly Who[]>()
  child.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)))
  const served = faults.map((): Served[] => [])
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as Said
    if ('holders' in said) resolve(said.holders)
    else served[said.index]?.push(said.served)
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  const holders = (await ready).map((holder, index) => ({ ...holder, served: served[index] ?? [] }))
  return { holders, kill, [Symbol.asyncDispose]: kill }
}

/** Starts one. */
export const startHolder = async (options: HolderOptions, fault: HolderFault = {}): Promise<HolderProcess & Holder> => {
  const { holders: [holder], ...process_ } = await startHolders(options, [fault])
  if (holder === undefined) throw new Error('the holder did not say who it is')
  return { ...holder, ...process_ }
}

const CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: (ms, signal) => after(ms, undefined, { signal, ref: false }),
  timeout: (ms) => AbortSignal.timeout(ms),
}

const tell = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`)

const join = async ({ files, dial = [] }: HolderOptions, { lie, about, link }: HolderFault, onServed: (served: Served) => void): Promise<Who> => {
  const honest = fileShelf(files)
  const claimed = lie === undefined ? honest : lyingShelf(honest, about ?? files.slice(0, 1).map(({ digest }) => digest), lie)
  const privateKey = await generatePeerKey()
  const network = await joinNetwork({
    privateKey, listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: dial.map(parseMultiaddr), mdns: false,
    clock: CLOCK, events: new Events(), signal: new AbortController().signal,
  })
  await offerBlobs({ network, peerKey: privateKey, shelf: countingShelf(claimed, onServed), clock: CLOCK, link })
  return { peerId: network.self, addresses: network.addresses() }
}

/** The process itself: options as its one argument; it ends with its standard input. */
const serve = async ({ faults, ...options }: HolderOptions & { readonly faults: readonly HolderFault[] }): Promise<void> => {
  const joining = faults.map((fault, index) => join(options, fault, (served) => tell({ index, served })))
  tell({ holders: await Promise.all(joining) })
  await once(process.stdin.resume(), 'end')
  process.exit()
}

if (import.meta.main) await serve(JSON.parse(process.argv[2] ?? '{}') as HolderOptions & { readonly faults: readonly HolderFault[] })
