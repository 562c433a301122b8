import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '#testing'
import { type NoLine, readLine } from './read-line.ts'

const never = new AbortController().signal

/** Both ends of a connection. */
const pair = async (folder: string): Promise<{ readonly here: Socket; readonly there: Socket } & Disposable> => {
  const server = createServer()
  server.listen(join(folder, 's'))
  await once(server, 'listening')
  const arrived = once(server, 'connection') as Promise<[Socket]>
  const there = connect(join(folder, 's'))
  const [here] = await arrived
  server.close()
  return { here, there, [Symbol.dispose]: () => [here, there].forEach((one) => one.destroy()) }
}

const readOf = async (send: (there: Socket) => void, signal = never): Promise<{ readonly line: string } | NoLine> => {
  await using folder = await temporaryFolder()
  using sockets = await pair(folder.path)
  const reading = readLine(sockets.here, 5, signal)
  send(sockets.there)
  return await reading
}

describe('readLine', () => {
  it('reads one line, in however many parts, and no more than that', async () => {
    assert.deepEqual(await readOf((there) => there.write('abcde\nrest')), { line: 'abcde' })
    assert.deepEqual(await readOf((there) => there.write('ab', () => there.write('c\n'))), { line: 'abc' })
    assert.deepEqual(await readOf((there) => there.write('\n')), { line: '' })
  })

  it('tells a line that is too long from a connection that ends before', async () => {
    assert.equal(await readOf((there) => there.write('abcdef')), 'too-long')
    assert.equal(await readOf((there) => there.write('abcdef\n')), 'too-long')
    assert.equal(await readOf((there) => there.end('abc')), 'closed')
    assert.equal(await readOf((there) => there.destroy()), 'closed')
  })

  it('waits no longer than its signal', async () => {
    const controller = new AbortController()
    await assert.rejects(readOf(() => controller.abort(new Error('enough')), controller.signal), /enough/)
    await assert.rejects(readOf(() => undefined, AbortSignal.abort(new Error('before'))), /before/)
  })
})
