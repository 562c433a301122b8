import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Bandwidth, keepLimits } from '#bandwidth'
import { Events, type IdentityId, type Multiaddr, parseMultiaddr, parsePackageName, parsePeerId, type PeerId, peerOfMultiaddr, shortIdentity } from '#core'
import { type Config, type Environment, findPlaces, type Places, type Variables } from '#config'
import { memoryAgents } from '#doors/agent'
import { memoryTokenFile, RegistryTokens } from '#doors/central'
import { type Ask, type NodeHooks, type NodeReady, runCli, type World } from '#doors/cli'
import { type NetworkView, serveControl } from '#doors/daemon'
import { mirrorId, openForeignSource, openMirror, packCopies } from '#foreign/source'
import type { Keystore } from '#keystore'
import { memoryHub, type PeerAccess } from '#network'
import type { Marketplace } from '#marketplace'
import { openNetworkFile, readSecretFile } from '#node/system'
import { openSettingsFile } from '#project'
import { createPrivateFile, readPrivateFile } from '#store/disk'
import { memoryKeystore, seeded, temporaryFolder, TestClock } from '#testing'
import { bringMarketplace, openBare } from './bring-marketplace.ts'
import { cannedMachine } from './canned-machine.ts'
import { ADA, CANNED_PEERS, cannedMarketplace } from './canned-marketplace.ts'
import { type CannedProject, cannedProject } from './canned-project.ts'
import { openRealMarketplace } from './real-marketplace.ts'
import { readWords, type Setting, type Step } from './transcript.ts'
import { TrustScene } from './trust-scene.ts'

const VERSION = '0.1.0'
const SELF = parsePeerId(`12D3Koo${'WStage'.repeat(7)}abc`)
const ADDRESSES = ['/ip4/127.0.0.1/tcp/4001', '/ip4/192.0.2.7/tcp/4001'].map((address) => parseMultiaddr(`${address}/p2p/${SELF}`))
const PASSPHRASE = 'correct-horse-battery-staple'
const AGENT_PID = 4711
const COLUMNS = 110

const SHOWN: readonly (readonly [RegExp, string])[] = [
  [/"pid":\d+/g, '"pid":4711'],
  [/\bprocess \d+ runs/g, 'process 4711 runs'],
  [/"uptimeSeconds":\d+/g, '"uptimeSeconds":5'],
  [/^(up for +)\d+ s$/gm, '$15 s'],
]

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** The words that a page was shown, on four lines. */
const RECOVERY_WORDS = /recovery words on paper[^\n]*\n\n((?: {4}[a-z ]+\n){4})/

/** Types the one passphrase of this page, and Enter, or the recovery words that it has seen; approves what it is shown, but no publisher unless `installs`. */
const typist = (screen: World['stdout'], { recoveryWords, installs }: { readonly recoveryWords: string; readonly installs: boolean }): Ask => {
  const answer = async (question: string): Promise<string> => {
    screen.write(`${question.trimEnd()}\n`)
    if (question.includes('recovery words')) return recoveryWords
    return question.startsWith('sign it?') || (installs && question.startsWith('install it')) ? 'y' : PASSPHRASE
  }
  return { hidden: answer, visible: answer }
}

/** What a detached node would print; the launcher of the stage does nothing else. */
const readyScript = (home: string): string => {
  const ready: NodeReady = { peerId: SELF, addresses: ADDRESSES, home, pid: 4711 }
  return `console.log(${JSON.stringify(JSON.stringify(ready))})`
}

/** Lists on which a peer stands that gave wrong bytes. */
const liarAccess = (): PeerAccess => {
  const node = memoryHub({ clock: new TestClock() }).join()
  node.ban(parsePeerId(`12D3Koo${'WMaLLory'.repeat(5)}abcde`), 'wrong bytes of sha256:c0ffee')
  return node.access
}

const variablesOf = (words: readonly string[]): Variables =>
  Object.fromEntries(words.slice(0, words.indexOf('ggen')).map((word) => word.split('=') as [string, string]))

/** Where the node of a block runs: in the home that its first command names, if it names one. */
const homeOf = (steps: readonly Step[]): Variables => {
  const { GGEN_HOME } = variablesOf(readWords(steps[0]?.command ?? 'ggen'))
  return GGEN_HOME === undefined ? {} : { GGEN_HOME }
}

/** A machine of its own for the transcripts of one page: real commands, a real control socket, a canned marketplace behind it, or a real one on demand. */
export class Stage implements AsyncDisposable {
  readonly #folder: string
  readonly #open: AsyncDisposableStack
  readonly #canned = cannedMarketplace()
  readonly #access = liarAccess()
  #real: Marketplace | undefined
  /** Knows of nothing, and reads what is named. */
  #bare: Marketplace | undefined
  #scene: TrustScene | undefined
  #recoveryWords = ''
  #marketplace: Marketplace = this.#canned
  readonly #keystores = new Map<string, Keystore>()
  readonly #agents = memoryAgents(new TestClock(), (handOver) => {
    const { home, agentSocketPath: socketPath } = this.#places()
    return { handOver, keystore: this.#keystoreOf(home), socketPath, pid: AGENT_PID }
  })
  readonly #project: CannedProject
  readonly #tokens = new RegistryTokens({ file: memoryTokenFile(), uses: memoryTokenFile(), clock: new TestClock(), random: seeded('tokens') })
  #isRunning = false
  #lastCode = 0

  private constructor(folder: string, open: AsyncDisposableStack) {
    this.#folder = folder
    this.#open = open
    this.#project = cannedProject(join(folder, 'project'))
  }

  static async open(): Promise<Stage> {
    await using open = new AsyncDisposableStack()
    const folder = open.use(await temporaryFolder())
    await mkdir(join(folder.path, 'project'))
    return new Stage(folder.path, open.move())
  }

  /** Plays the steps of one block; resolves to the same steps with what was really printed. */
  async play(steps: readonly Step[], setting: Setting): Promise<readonly Step[]> {
    if (setting.brought === true) await bringMarketplace(join(this.#folder, 'project'))
    if (setting.real) this.#real ??= this.#open.use(await openRealMarketplace(this.#folder)).marketplace
    if (setting.brought === true && setting.node) this.#bare ??= this.#open.use(await openBare(join(this.#folder, 'home'))).marketplace
    const held = setting.real && this.#real !== undefined ? this.#real : this.#canned
    this.#marketplace = (setting.brought === true ? this.#bare : undefined) ?? (await this.#playScene(setting)) ?? held
    const ending = new AbortController()
    const node = setting.node ? await this.#startBehind(ending.signal, homeOf(steps)) : undefined
    const played: Step[] = []
    for (const step of steps) played.push({ command: step.command, output: await this.#show(await this.#type(step, setting)) })
    ending.abort()
    await node?.ended
    return played
  }

  async #playScene({ scene }: Setting): Promise<Marketplace | undefined> {
    if (scene === undefined) return undefined
    this.#scene ??= this.#open.use(await TrustScene.open())
    if (scene === 'other-wish') this.#project.ask([{ name: parsePackageName('pages'), range: '^2', kind: 'needed' }])
    return await this.#scene.play(scene)
  }

  /** Waits until the node is up; what it resolves to holds the promise of its end. */
  async #startBehind(signal: AbortSignal, env: Variables): Promise<{ readonly ended: Promise<number> }> {
    const up = Promise.withResolvers<void>()
    const quiet = { write: () => up.resolve(), isTTY: false }
    const ended = runCli(['p2p', 'start'], this.#world(quiet, signal, env))
    await Promise.race([up.promise, ended])
    return { ended }
  }

  async #type({ command, output: expected }: Step, { pipe, scene }: Setting): Promise<string> {
    const words = readWords(command)
    const env = variablesOf(words)
    const self = scene === undefined ? ADA : await this.#self()
    const [program, ...args] = words.slice(Object.keys(env).length).map((word) => word.replaceAll(ADA, self))
    if (command === 'echo $?') return `${this.#lastCode}\n`
    if (program !== 'ggen') throw new Error(`a transcript can only run ggen, not ${program}`)
    const keyboard = new AbortController()
    let output = ''
    const write = (text: string): void => {
      output += text
      if (!expected.includes('^C\n') || keyboard.signal.aborted || !/connected|watching/.test(output)) return
      output += '^C\n'
      keyboard.abort()
    }
    this.#lastCode = await runCli(args, this.#world({ write, isTTY: !pipe, columns: COLUMNS }, keyboard.signal, env))
    this.#recoveryWords = RECOVERY_WORDS.exec(output)?.[1]?.trim().split(/\s+/).join(' ') ?? this.#recoveryWords
    return output
  }

  #world(output: World['stdout'], interrupted: AbortSignal, env: Variables = {}): World {
    return {
      version: VERSION, stdout: output, stderr: output, interrupted,
      environment: () => this.#environment(env),
      launcher: [process.execPath, '-e', readyScript(join(this.#folder, 'home')), '--'],
      runCommand: () => Promise.reject(new Error('transcripts run no other program')),
      askCommand: async () => undefined,
      nearestFiles: async () => [],
      startNode: ({ socketPath, home, settings }, hooks) => this.#runNode({ socketPath, home, settings }, hooks),
      serveRegistry: ({ socketPath, home, settings }, { listen: { host, port } }, hooks) => {
        const onReady: NodeHooks['onReady'] = (ready) => hooks.onReady({ ...ready, url: `http://${host}:${port}` })
        return this.#runNode({ socketPath, home, settings }, { ...hooks, onReady })
      },
      openNetworkFile: async (path) => openNetworkFile(path),
      openTokens: async () => this.#tokens,
      ...(output.isTTY && { ask: typist(output, { recoveryWords: this.#recoveryWords, installs: this.#marketplace === this.#scene?.user }) }),
      openKeystore: async (home, mirrored) => this.#keystoreOf(home, mirrored),
      openForeign: async (home, address) =>
        openForeignSource(address, { workingFolder: this.#environment(env).platform.workingFolder, memory: join(home, 'mirrors', 'indexes') }),
      openPacks: async (places) => packCopies(places),
      openMirror: async (home, source) => await openMirror(join(home, 'mirrors', mirrorId(source))),
      openAgents: async () => this.#agents,
      stdin: () => process.stdin,
      readFile: readPrivateFile,
      isBundle: async () => false,
      createFile: createPrivateFile,
      openSettingsFile,
      openProject: async () => this.#project,
      listInstalled: async () => this.#project.installed(),
      openMachine: async () => cannedMachine(this.#isRunning),
      isAlive: (pid) => pid !== AGENT_PID && this.#isRunning,
    }
  }

  #keystoreOf(home: string, mirrored?: string): Keystore {
    const folder = mirrored === undefined ? join(home, 'keys') : join(home, 'keys', 'mirrors', mirrorId(mirrored))
    const key = mirrored === undefined ? home : folder
    const keystore = this.#keystores.get(key) ?? memoryKeystore(basename(key), join(folder, 'identity.json'))
    this.#keystores.set(key, keystore)
    return keystore
  }

  #places(): Places {
    const { env, platform, dotGgen } = this.#environment({})
    return findPlaces(env, platform, dotGgen)
  }

  #environment(env: Variables): Environment {
    const workingFolder = join(this.#folder, 'project')
    const platform = { os: process.platform, userFolder: this.#folder, tempFolder: this.#folder, workingFolder, userId: process.getuid?.() ?? 0 }
    const variables = { GGEN_HOME: join(this.#folder, 'home'), NO_COLOR: '1', ...env }
    return { env: variables, platform, dotGgen: false, readConfigFile: async () => undefined, readSecretFile }
  }

  async #runNode({ socketPath, home, settings }: Pick<Config, 'socketPath' | 'home' | 'settings'>, { signal, onReady, onEvent }: NodeHooks): Promise<void> {
    const events = new Events()
    const stopped = Promise.withResolvers<void>()
    const stats = (): ReturnType<NetworkView['stats']> => ({ providerRecords: 2, topics: ['/ggen/main/ops/1'], peersMet: 4 })
    const dial = async (address: Multiaddr): Promise<PeerId> => peerOfMultiaddr(address) ?? CANNED_PEERS[0]?.peer ?? SELF
    const network = { self: SELF, addresses: () => ADDRESSES, peers: () => CANNED_PEERS, dial, access: this.#access, stats }
    const limits = await keepLimits(new Bandwidth(new TestClock()), {}, { read: async () => ({}), write: async () => undefined })
    const places = { marketplace: this.#marketplace, network, limits, settings, socketPath }
    const door = await serveControl({ ...places, events, version: VERSION, stop: stopped.resolve, signal })
    this.#isRunning = true
    using _subscription = events.subscribe(onEvent)
    onReady({ peerId: SELF, addresses: ADDRESSES, home, pid: process.pid })
    events.emit({ type: 'peer-connected', peer: CANNED_PEERS[0]?.peer ?? SELF, address: parseMultiaddr('/ip4/192.0.2.1/tcp/4001') })
    await Promise.race([stopped.promise, aborted(signal)])
    await door[Symbol.asyncDispose]()
    this.#isRunning = false
  }

  /** The publisher of this page is the one of the canned marketplace, who has no key. */
  async #show(output: string): Promise<string> {
    const self = await this.#self()
    const named = output.replaceAll(self, ADA).replaceAll(shortIdentity(self), shortIdentity(ADA))
    const text = named.replaceAll(join(this.#folder, 'home'), '/home/ada/.local/share/ggen').replaceAll(this.#folder, '/home/ada')
    return SHOWN.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement), text)
  }

  async #self(): Promise<IdentityId> {
    const held = await this.#keystores.get(join(this.#folder, 'home'))?.find()
    return held?.file.identity ?? ADA
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync()
  }
}
