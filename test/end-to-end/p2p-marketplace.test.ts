import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { temporaryFolder, until } from '#testing'

const EXAMPLE = join(import.meta.dirname, '../../examples/p2p-marketplace')
const PREFIX = 'npm run -s p2p-marketplace -- '

/** Each look is a process of its own. */
const SHOWN_MS = 90_000

interface Step {
  readonly args: readonly string[]
  /** What it prints; `…` stands for anything. */
  readonly shows?: RegExp
}

/** The commands of the page, in order, each with the text block that follows before the next command. */
const stepsOf = (page: string): readonly Step[] => {
  const steps: Step[] = []
  for (const [, kind, body = ''] of page.matchAll(/```(sh|text)\n(.*?)```/gs)) {
    if (kind === 'sh') steps.push(...body.trim().split('\n').map((line) => ({ args: line.replace(PREFIX, '').split(' ') })))
    else steps.push({ ...(steps.pop() ?? assert.fail('output without a command')), shows: patternOf(body) })
  }
  return steps
}

const patternOf = (text: string): RegExp => new RegExp(`^${text.split('…').map((part) => RegExp.escape(part)).join('.*')}`)

class Player implements AsyncDisposable {
  readonly #folder: string
  readonly #running: ChildProcess[] = []
  /** Of the first node: what stands for `PEER@/ip4/127.0.0.1/tcp/4001`. */
  #known = ''

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Plays a step until it shows what the page says; a node then goes on. */
  async play({ args, shows }: Step): Promise<void> {
    const here = args.map((word, place) => {
      if (args[place - 1] === '--home') return join(this.#folder, word)
      return word.replace(/^\/ip4\/0\.0\.0\.0\/tcp\/400\d$/, '/ip4/127.0.0.1/tcp/0').replace(/^PEER@.*$/, this.#known)
    })
    if (args[0] === 'start') return await this.#start([...here, '--no-mdns'], shows)
    let last = ''
    const played = until(args.join(' '), async () => {
      const { code, output } = await this.#finish(here)
      assert.ok(code === 0 || args[0] !== 'publish', output)
      last = output
      return code === 0 && (shows === undefined || shows.test(output))
    }, SHOWN_MS)
    await played.catch((error: unknown) => assert.fail(`${String(error)}; wanted ${String(shows)}, and it showed last:\n${last}`))
  }

  async #start(args: readonly string[], shows: RegExp | undefined): Promise<void> {
    const child = this.#spawn(args)
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await until(`${args.join(' ')} is up`, () => output.includes('Ctrl+C') || (child.exitCode !== null && assert.fail(`it ended: ${output}`)))
    if (shows !== undefined) assert.match(output, shows)
    const [, peer = ''] = /^node (\S+)/.exec(output) ?? []
    const [, address = ''] = /^listens on (\S+)\/p2p\//m.exec(output) ?? []
    this.#known ||= `${peer}@${address}`
  }

  async #finish(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = this.#spawn(args)
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, output: Buffer.concat(chunks).toString() }
  }

  #spawn(args: readonly string[]): ChildProcess {
    const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', GGEN_PASSPHRASE: '' }
    const child = spawn(process.execPath, ['--conditions=ggen-source', join(EXAMPLE, 'main.ts'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    if (args[0] === 'start') this.#running.push(child)
    return child
  }

  /** As Ctrl+C in every terminal; resolves to how they ended. */
  async interrupt(): Promise<readonly (number | null)[]> {
    return await Promise.all(this.#running.splice(0).map(async (child) => {
      if (child.exitCode !== null) return child.exitCode
      const ended = once(child, 'exit') as Promise<[number | null]>
      child.kill('SIGINT')
      return (await ended)[0]
    }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) child.kill('SIGKILL')
  }
}

describe('examples/p2p-marketplace', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let steps: readonly Step[] = []
  before(async () => {
    folder = await temporaryFolder()
    steps = stepsOf(await readFile(join(EXAMPLE, 'README.md'), 'utf8'))
  })
  after(() => folder[Symbol.asyncDispose]())

  it('does in three terminals what its page says', async () => {
    await using player = new Player(folder.path)
    for (const step of steps) await player.play(step)
    assert.deepEqual(await player.interrupt(), [0, 0, 0])
  })

  it('plays every command, and each node twice', () => {
    const commands = steps.map(({ args: [command] }) => command)
    assert.deepEqual(commands, ['--help', 'start', 'start', 'publish', 'start', 'search', 'search', 'get', 'stats'])
  })

  it('knows a page that says something else', () => {
    const [step] = stepsOf('```sh\nnpm run -s p2p-marketplace -- stats --home x\n```\n\n```text\npeers: …\nb (c)\n```\n')
    assert.deepEqual(step?.args, ['stats', '--home', 'x'])
    const shown = ['peers: 2\nb (c)\n', 'peers: 2\nb c\n', 'peer: 2\nb (c)\n', 'a\npeers: 2\nb (c)\n']
    assert.deepEqual(shown.map((text) => step?.shows?.test(text)), [true, false, false, false])
  })

  it('imports nothing but the library and Node', async () => {
    const sources = await Promise.all(['main.ts', 'commands.ts'].map((name) => readFile(join(EXAMPLE, name), 'utf8')))
    const specifiers = sources.flatMap((text) => [...text.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier))
    assert.deepEqual(specifiers.filter((specifier) => !/^(?:ggen|\.\/commands\.ts|node:[a-z/]+)$/.test(specifier ?? '')), [])
  })

  it('says which node is missing, what is wrong with arguments, and ends accordingly', async () => {
    for (const [args, code, says] of [
      [['stats', '--home', join(folder.path, 'nobody')], 9, /^error daemon-not-running: .*\n {2}hint: start a node: p2p-marketplace start\n$/],
      [['publish', '--name', 'a'], 2, /^error: publish needs --name and --version\n/],
      [['serch'], 2, /^error: there is no command serch\n/],
      [['stats', '--jsn'], 2, /^error: Unknown option '--jsn'/],
    ] as const) {
      const child = spawn(process.execPath, ['--conditions=ggen-source', join(EXAMPLE, 'main.ts'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
      const [chunks] = await Promise.all([Array.fromAsync(child.stderr as AsyncIterable<Buffer>), once(child, 'close')])
      assert.match(Buffer.concat(chunks).toString(), says)
      assert.equal(child.exitCode, code)
    }
  })
})
