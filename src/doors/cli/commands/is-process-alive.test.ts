import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { isProcessAlive } from './is-process-alive.ts'

describe('isProcessAlive', () => {
  it('tells a process that runs from one that has ended', async () => {
    assert.equal(isProcessAlive(process.pid), true)
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
    assert.ok(child.pid !== undefined && isProcessAlive(child.pid))
    child.stdin.end()
    await once(child, 'exit')
    assert.equal(isProcessAlive(child.pid), false)
  })

  it('counts a process that nobody has waited for as gone', { skip: process.platform !== 'linux' && 'needs /proc' }, async () => {
    const shell = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
    const [line] = (await once(shell.stdout, 'data')) as [Buffer]
    const { until } = await import('#testing')
    await until('the inner process is gone', () => !isProcessAlive(Number(line.toString())))
    shell.stdin.end()
    await once(shell, 'exit')
  })
})
