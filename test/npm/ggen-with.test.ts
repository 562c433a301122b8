import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, launcher, temporaryFolder, until, writeTree } from '#testing'

const COMMAND_MS = 120_000

/** Counts signals until it is told the end. */
const COUNTING = `
  let count = 0
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log('got ' + ++count + ' ' + signal))
  process.stdin.on('data', () => { console.log('all ' + count); process.exit(7) })
  console.log('ready')
`

interface Talk {
  readonly command: string
  readonly args: readonly string[]
  readonly home: string
  /** What is done once the screen shows something. */
  readonly turns: readonly (readonly [shown: string, turn: (child: ReturnType<typeof spawn>) => void])[]
}

const talk = async ({ command, args, home, turns }: Talk): Promise<{ readonly code: number; readonly screen: string }> => {
  const env = { ...process.env, GGEN_HOME: home, NO_COLOR: '1', NODE_OPTIONS: '', SHELL: '/bin/sh' }
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'], timeout: COMMAND_MS })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
  const closed = once(child, 'close') as Promise<[number]>
  for (const [shown, turn] of turns) {
    await until(`the screen shows "${shown}"`, () => screen.includes(shown))
    turn(child)
  }
  const [code] = await closed
  return { code, screen }
}

const type = (text: string) => (child: ReturnType<typeof spawn>): void => void child.stdin?.write(text)

test('Ctrl-C reaches what ggen with runs once, however often it is typed, and ggen ends as that ends', {
  skip: spawnSync('script', ['--version']).status !== 0 && 'the command script is not installed',
}, async () => {
  await using work = await temporaryFolder()
  await writeTree(work.path, { 'counting.cjs': COUNTING })
  // Without exec the shell hears Ctrl-C too, and says that it did.
  const words = [process.execPath, launcher(), 'with', process.execPath, join(work.path, 'counting.cjs')].map((word) => `'${word}'`).join(' ')
  const { code, screen } = await talk({
    command: 'script', args: ['-qec', `exec ${words}`, '/dev/null'], home: join(work.path, 'home'),
    turns: [['ready', type('\u0003')], ['got 1 SIGINT', type('\u0003')], ['got 2 SIGINT', type('\u0003')], ['got 3 SIGINT', type('end\r')]],
  })
  assert.equal(code, 7, screen)
  assert.match(screen, /all 3/)
})

test('a signal to ggen with alone is handed on once', async () => {
  await using work = await temporaryFolder()
  await writeTree(work.path, { 'counting.cjs': COUNTING })
  const terminate = (child: ReturnType<typeof spawn>): void => void child.kill('SIGTERM')
  const { code, screen } = await talk({
    command: process.execPath, args: [launcher(), 'with', process.execPath, join(work.path, 'counting.cjs')], home: join(work.path, 'home'),
    turns: [['ready', terminate], ['got 1 SIGTERM', terminate], ['got 2 SIGTERM', type('end\n')]],
  })
  assert.equal(code, 7, screen)
  assert.match(screen, /all 2/)
})

test('ggen with ends with what its command ended with: a code, a signal, or that there is no such command', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const codeOf = async (...command: readonly string[]): Promise<number> => (await ggen(home, 'with', ...command)).code
  assert.deepEqual(await Promise.all([
    codeOf(process.execPath, '-e', 'process.exit(5)'),
    codeOf(process.execPath, '-e', 'process.kill(process.pid, "SIGTERM")'),
    codeOf(process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'),
  ]), [5, 143, 137])
  const { code, stderr, stdout } = await ggen(home, 'with', 'no-such-command-anywhere', '--json', 'a b')
  assert.deepEqual([code, stdout], [127, ''])
  assert.match(stderr, /no-such-command-anywhere cannot be found: is it installed, and on the path\?/)
})
