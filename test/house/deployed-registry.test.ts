import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { hasStrace, temporaryFolder } from '#testing'

const ROOT = join(import.meta.dirname, '..', '..')

/** Of each setting of the unit that systemd is given what it was set to last. */
const readUnit = async (): Promise<ReadonlyMap<string, string>> => {
  const text = await readFile(join(ROOT, 'deploy', 'ggen-registry.service'), 'utf8')
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
}

/** What the unit starts, on free ports, and in a network of its own. */
const argumentsOf = (line: string): readonly string[] => {
  const [env, program, ...args] = line.split(' ')
  assert.deepEqual([env, program], ['/usr/bin/env', 'ggen'])
  const listen = args.indexOf('--listen') + 1
  assert.equal(args[listen], '127.0.0.1:4080')
  return [...args.with(listen, '127.0.0.1:0'), '--network', 'deployed', '--p2p-listen', '/ip4/127.0.0.1/tcp/0']
}

const skip = !hasStrace() && 'needs strace'

test('what systemd is told to start starts, opens no kind of socket that it forbids, and stops as it is told to', { skip }, async () => {
  const unit = await readUnit()
  await using home = await temporaryFolder()
  const log = join(home.path, 'sockets')
  const program = [process.execPath, join(ROOT, 'bin', 'ggen.mjs'), ...argumentsOf(unit.get('ExecStart') ?? '')]
  const env = { ...process.env, GGEN_HOME: join(home.path, 'state'), NODE_OPTIONS: '' }
  const tracer = spawn('strace', ['-f', '-qq', '-o', log, '-e', 'trace=socket', ...program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(tracer, 'exit')
  const lines = createInterface({ input: tracer.stdout })
  const [ready] = (await Promise.race([once(lines, 'line'), ended.then(() => assert.fail('it ended before it was ready'))])) as [string]
  const { pid, url } = JSON.parse(ready) as { pid: number; url: string }
  assert.equal((await fetch(`${url}/v1/ready`)).status, 200)
  process.kill(pid, unit.get('KillSignal') ?? 'SIGTERM')
  assert.deepEqual(await ended, [0, null])
  const opened = new Set((await readFile(log, 'utf8')).match(/AF_\w+/g))
  assert.ok(opened.has('AF_INET') && opened.has('AF_NETLINK'), [...opened].join(' '))
  const allowed = new Set(unit.get('RestrictAddressFamilies')?.split(' '))
  assert.deepEqual([...opened].filter((family) => !allowed.has(family)), [])
})
