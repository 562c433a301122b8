import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, lstat, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ROUTES } from '#doors/control'
import { isProcessAlive } from '#doors/cli'
import {
  type Finished, ggen, keystoreOf, launcher, type Machine, type RunningNode, smallPackage, startNode, temporaryFolder, until, writeTree,
} from '#testing'

const PASSPHRASE = 'correct horse battery'

interface Status {
  readonly pid: number
  readonly until: number
}

interface Place extends AsyncDisposable {
  readonly home: string
  /** Without a passphrase: whoever wants one gets none. */
  readonly ggen: (...args: readonly string[]) => Promise<Finished>
  /** The same for its owner, who knows it. */
  readonly owner: Machine
  readonly socket: string
  /** Publishes the next version of `tool`. */
  readonly publish: () => Promise<Finished>
  readonly node: RunningNode
}

let made: Awaited<ReturnType<typeof temporaryFolder>>

/** Sealing keys takes seconds, on purpose: every home gets a copy of the same ones. */
before(async () => {
  made = await temporaryFolder()
  assert.equal((await ggen({ home: join(made.path, 'home'), env: { GGEN_PASSPHRASE: PASSPHRASE } }, 'id', 'create')).code, 0)
})

after(() => made[Symbol.asyncDispose]())

/** A home with an identity behind a passphrase, and a node. No agent outlives it. */
const place = async (): Promise<Place> => {
  await using open = new AsyncDisposableStack()
  const work = open.use(await temporaryFolder())
  const home = join(work.path, 'home')
  const owner = { home, env: { GGEN_PASSPHRASE: PASSPHRASE } }
  await cp(join(made.path, 'home'), home, { recursive: true })
  const node = open.use(await startNode({ home }))
  open.defer(async () => void (await ggen(home, 'id', 'lock')))
  let minor = 0
  const publish = async (): Promise<Finished> => {
    minor += 1
    return await ggen(home, 'publish', await writeTree(join(work.path, `source-${minor}`), smallPackage('tool', `1.${minor}.0`)))
  }
  const moved = open.move()
  return {
    home, owner, node, publish, socket: join(home, 'agent.sock'), ggen: (...args) => ggen(home, ...args), [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

const unlock = async ({ owner }: Place, ...more: readonly string[]): Promise<Status> => {
  const unlocked = await ggen(owner, 'id', 'unlock', '--json', ...more)
  assert.equal(unlocked.code, 0, unlocked.stdout)
  return unlocked.json<Status>()
}

const isGone = (pid: number): Promise<boolean> => until(`process ${pid} has ended`, () => !isProcessAlive(pid))

const isRefused = ({ code, stderr }: Finished): void => assert.deepEqual([code, /passphrase-needed/.test(stderr)], [8, true], stderr)

test('an unlocked key publishes without a passphrase until its time is over, and the agent is not the node', async () => {
  await using one = await place()
  isRefused(await one.publish())
  const { pid } = await unlock(one, '--for', '1h')
  assert.deepEqual([(await lstat(one.socket)).mode & 0o777, (await lstat(one.home)).mode & 0o777], [0o600, 0o700])
  assert.notEqual(pid, one.node.pid)
  for (const command of ['publish', 'publish']) assert.equal((await one.publish()).code, 0, command)
  const yanked = await one.ggen('yank', 'tool@1.2.0', '--json')
  assert.equal(yanked.code, 0, yanked.stdout)
  assert.equal((await one.ggen('id', 'show', '--json')).json<{ unlocked: { asks: boolean } }>().unlocked.asks, false)
  isRefused(await one.ggen('id', 'rotate'))

  // Another one takes its place, with another time; the process ends when that is over.
  const short = await unlock(one, '--for', '1s')
  assert.equal(isProcessAlive(pid), false)
  await isGone(short.pid)
  await assert.rejects(lstat(one.socket), { code: 'ENOENT' })
  isRefused(await one.publish())
  assert.equal((await one.ggen('id', 'show', '--json')).json<{ unlocked: unknown }>().unlocked, false)
})

test('the agent lives on when the node is killed, and no route of the node signs anything', async () => {
  await using one = await place()
  const { pid } = await unlock(one)
  await one.node.kill()
  assert.equal((await one.publish()).code, 9)
  assert.ok(isProcessAlive(pid))
  assert.deepEqual(Object.keys(ROUTES).filter((name) => /sign|unlock|agent|key/i.test(name)), [])
  await using _again = await startNode({ home: one.home })
  assert.equal((await one.publish()).code, 0)
  assert.equal((await one.ggen('id', 'lock')).stdout, 'the release key is locked\n')
  assert.equal(isProcessAlive(pid), false)
  assert.equal((await one.ggen('id', 'lock')).stdout, 'it was not unlocked\n')
  isRefused(await one.publish())
})

test('an agent that was killed leaves a socket that nobody minds', async () => {
  await using one = await place()
  const { pid } = await unlock(one)
  process.kill(pid, 'SIGKILL')
  await isGone(pid)
  assert.ok((await lstat(one.socket)).isSocket())
  isRefused(await one.publish())
  assert.equal((await one.ggen('id', 'show', '--json')).json<{ unlocked: unknown }>().unlocked, false)
  const next = await unlock(one)
  assert.equal((await one.publish()).code, 0)
  process.kill(next.pid, 'SIGTERM')
  await isGone(next.pid)
  await assert.rejects(lstat(one.socket), { code: 'ENOENT' }, 'whoever may clean up does')
})

test('an agent that is stopped is asked in vain: commands ask for the passphrase, and lock does not say that the key is closed', async () => {
  await using one = await place()
  const { pid } = await unlock(one)
  process.kill(pid, 'SIGSTOP')
  try {
    isRefused(await one.publish())
    const locked = await one.ggen('id', 'lock', '--json')
    assert.deepEqual([locked.code, locked.json<{ error: { code: string } }>().error.code], [4, 'too-busy'])
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  // The wish to lock it has waited in its socket.
  await isGone(pid)
})

test('the agent ends when the identity changes: another key, anything in the file', async () => {
  await using one = await place()
  const path = join(one.home, 'keys', 'identity.json')
  const changes = [
    () => ggen(one.owner, 'id', 'rotate', '--json'),
    async () => await writeFile(path, `${await readFile(path, 'utf8')} `),
  ]
  for (const change of changes) {
    const { pid } = await unlock(one)
    const done = await change()
    if (done !== undefined) assert.equal(done.code, 0, done.stdout)
    isRefused(await one.publish())
    await isGone(pid)
  }
})

const proc = { skip: process.platform !== 'linux' && 'there is no /proc' }

test('the secret is neither among the arguments nor in the environment of the agent', proc, async () => {
  await using one = await place()
  const { pid } = await unlock(one)
  const keystore = await keystoreOf(one.home)
  const { seed } = await keystore.open(keystore.releaseKey(await keystore.read()), PASSPHRASE)
  const seen = Buffer.concat([await readFile(`/proc/${pid}/cmdline`), await readFile(`/proc/${pid}/environ`)])
  assert.ok(seen.includes('GGEN_HOME') && seen.includes('agent'))
  const secret = Buffer.from(seed)
  for (const text of [PASSPHRASE, secret, secret.toString('base64'), secret.toString('hex')]) assert.ok(!seen.includes(text))
})

test('who comes over the socket without the program gets signatures of own words, and typed refusals', async () => {
  await using one = await place()
  await unlock(one)
  const answerTo = async (line: string): Promise<string> => {
    const socket = connect(one.socket)
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.write(`${line}\n`)
    await once(socket, 'close')
    return text
  }
  for (const payload of ['raw bytes', '{"type":"release"}']) {
    assert.match(await answerTo(JSON.stringify({ ask: 'sign', payload: Buffer.from(payload).toString('base64') })), /^\{"error":\{"code":"op-invalid"/)
  }
  assert.match(await answerTo('{"ask":"export"}'), /^\{"error":\{"code":"frame-invalid"/)
  assert.equal((await one.publish()).code, 0)
})

const terminal = { skip: spawnSync('script', ['--version']).status !== 0 && 'the command script is not installed' }

test('with --ask a person sees each thing before it is signed, and says yes or no', terminal, async () => {
  await using one = await place()
  // Without exec the exit code of Ctrl-C would be that of the shell.
  const command = `exec ${[process.execPath, launcher(), 'id', 'unlock', '--ask', '--for', '10m'].map((word) => `'${word}'`).join(' ')}`
  const env = { ...process.env, GGEN_HOME: one.home, GGEN_PASSPHRASE: PASSPHRASE, NO_COLOR: '1', NODE_OPTIONS: '', SHELL: '/bin/sh' }
  const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
  const closed = once(child, 'close') as Promise<[number]>
  await until('it is unlocked', () => screen.includes('you are asked here'))
  // What was typed before there is a question is no answer to it.
  child.stdin.write('y\r')
  await until('it was seen', () => screen.includes('y\r\n'))
  const answer = async (question: string, typed: string): Promise<Finished> => {
    const publishing = one.publish()
    await until(`the screen shows ${question}`, () => screen.includes(question))
    child.stdin.write(typed)
    return await publishing
  }
  assert.equal((await answer('publish tool 1.1.0? [y/N] ', 'y\r')).code, 0)
  for (const [question, typed] of [['publish tool 1.2.0? [y/N] ', 'n\r'], ['publish tool 1.3.0? [y/N] ', '\r']] as const) {
    const refused = await answer(question, typed)
    assert.deepEqual([refused.code, /error denied: somebody said no/.test(refused.stderr)], [8, true], refused.stderr)
  }
  child.stdin.write('\u0003')
  const [code] = await closed
  assert.equal(code, 0, screen)
  assert.match(screen, /the release key is locked/)
  isRefused(await one.publish())
})
