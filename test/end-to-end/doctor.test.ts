import assert from 'node:assert/strict'
import { chmod, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ggen, smallPackage, startNode, temporaryFolder, writeTree } from '#testing'

type Row = Readonly<Record<'check' | 'state' | 'finding', string>>

/** Exit code, and the state of each check: of several rows of one, the worst. */
const diagnose = async (home: string): Promise<{ readonly code: number; readonly states: Readonly<Record<string, string>> }> => {
  const finished = await ggen(home, 'doctor', '--json')
  const rows = finished.json<readonly Row[]>()
  const rank = ['ok', 'unknown', 'warn', 'fail']
  const states: Record<string, string> = {}
  for (const { check, state } of rows) if (rank.indexOf(state) >= rank.indexOf(states[check] ?? 'ok')) states[check] = state
  return { code: finished.code, states }
}

test('ggen doctor finds nothing wrong with a home that was just made, with and without its node', async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  const empty = await diagnose(home)
  assert.deepEqual([empty.code, empty.states['home'], empty.states['node'], empty.states['clock']], [0, 'ok', 'warn', 'unknown'])
  const node = await startNode({ home })
  assert.equal((await ggen(home, 'publish', '--no-passphrase', await writeTree(join(work.path, 'source'), smallPackage('tool')))).code, 0)
  const { code, states } = await diagnose(home)
  assert.equal(code, 0)
  for (const check of ['config', 'home', 'keys', 'files', 'clock', 'disk', 'quota', 'node']) assert.equal(states[check], 'ok', check)
  for (const check of ['peers', 'freshness']) assert.equal(states[check], 'warn', check)
  await node.interrupt()
  const after = await diagnose(home)
  assert.deepEqual([after.code, after.states['files'], after.states['clock'], after.states['peers']], [0, 'ok', 'ok', 'unknown'])
})

const unix = { skip: process.platform === 'win32' && 'Windows keeps its permissions elsewhere' }

test('ggen doctor finds what was done to a home, and exits with 1', unix, async () => {
  await using work = await temporaryFolder()
  const home = join(work.path, 'home')
  await (await startNode({ home })).interrupt()
  const tomorrow = new Date(Date.now() + 86_400_000)
  const wrongs: readonly (readonly [check: string, wrong: () => Promise<void>, right: () => Promise<void>])[] = [
    ['home', () => chmod(home, 0o777), () => chmod(home, 0o700)],
    ['keys', () => chmod(join(home, 'keys', 'peer.key'), 0o644), () => chmod(join(home, 'keys', 'peer.key'), 0o600)],
    ['files', () => chmod(join(home, 'trust.db'), 0o666), () => chmod(join(home, 'trust.db'), 0o600)],
    ['clock', () => utimes(join(home, 'trust.db'), tomorrow, tomorrow), () => utimes(join(home, 'trust.db'), new Date(0), new Date(0))],
  ]
  for (const [check, wrong, right] of wrongs) {
    await wrong()
    const { code, states } = await diagnose(home)
    assert.deepEqual([code, states[check]], [1, 'fail'], check)
    await right()
  }
  assert.equal((await diagnose(home)).code, 0)
})
