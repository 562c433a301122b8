import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { launcher, type RunningNode, smallPackage, startNode, temporaryFolder, until, writeTree } from '#testing'

const PASSPHRASE = 'correct horse battery'
/** A command that waits for somebody who does not answer is ended. */
const COMMAND_MS = 120_000

interface Typed {
  readonly code: number
  /** All that stood on the screen. */
  readonly screen: string
}

/** One command at a real terminal (that of `script`). Each answer is typed once the screen shows what it waits for. */
const atTerminal = async (home: string, args: readonly string[], answers: readonly (readonly [question: string, typed: string])[]): Promise<Typed> => {
  const command = [process.execPath, launcher(), ...args].map((word) => `'${word}'`).join(' ')
  const env = { ...process.env, GGEN_HOME: home, NO_COLOR: '1', NODE_OPTIONS: '', SHELL: '/bin/sh' }
  const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'], timeout: COMMAND_MS })
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text))
  const closed = once(child, 'close') as Promise<[number]>
  let seen = 0
  for (const [question, typed] of answers) {
    await until(`the screen shows "${question}"`, () => screen.includes(question, seen))
    seen = screen.indexOf(question, seen) + question.length
    child.stdin.write(typed)
  }
  const [code] = await closed
  return { code, screen }
}

const options = { skip: spawnSync('script', ['--version']).status !== 0 && 'the command script is not installed' }

const publishing = async (folder: string): Promise<{ readonly node: RunningNode; readonly source: string; readonly home: string }> => {
  const home = join(folder, 'home')
  return { home, node: await startNode({ home }), source: await writeTree(join(folder, 'source'), smallPackage('tool')) }
}

test('who publishes at a terminal is asked for a passphrase that nobody sees, and for the same one the next time', options, async () => {
  await using work = await temporaryFolder()
  const { home, node, source } = await publishing(work.path)
  await using _node = node
  const first = await atTerminal(home, ['publish', source], [['for your keys: ', `${PASSPHRASE}\r`], ['the same again: ', `x\u007f${PASSPHRASE}\r`]])
  assert.equal(first.code, 0, first.screen)
  assert.match(first.screen, /recovery words[^]*published tool 1\.0\.0/)
  await writeTree(source, smallPackage('tool', '1.1.0'))
  const wrong = `to publish tool 1.1.0: `
  const second = await atTerminal(home, ['publish', source], [[wrong, 'not this one\r'], [wrong, `${PASSPHRASE}\r`]])
  assert.equal(second.code, 0, second.screen)
  assert.match(second.screen, /the passphrase is wrong; try again[^]*published tool 1\.1\.0/)
  for (const { screen } of [first, second]) assert.ok(!/correct|horse|not this/.test(screen), 'nothing that was typed is shown')
})

test('Ctrl-C at a question ends the command with 130, and makes nothing', options, async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const given = await atTerminal(home, ['id', 'create'], [['for your keys: ', 'correct\u0003']])
  assert.deepEqual([given.code, /interrupted/.test(given.screen)], [130, true])
  const shown = await atTerminal(home, ['id', 'show'], [])
  assert.match(shown.screen, /there is no identity on this machine/)
})

test('nothing is asked between lines of JSON', options, async () => {
  await using work = await temporaryFolder()
  const { code, screen } = await atTerminal(join(work.path, 'home'), ['id', 'create', '--json'], [])
  assert.deepEqual([code, /"passphrase-needed"/.test(screen), /your keys:/.test(screen)], [8, true, false])
})
