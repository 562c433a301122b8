import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError, parseDigest, parsePackageName, type TransferProgress } from '#core'
import { watchCountOn, watchFetchOn } from './watch-fetch.ts'

const NAME = parsePackageName('tool')
const PROGRESS: TransferProgress = {
  type: 'transfer-progress', digest: parseDigest(`sha256:${'0'.repeat(64)}`), receivedBytes: 1000, sizeBytes: 2000, bytesPerSecond: 500, sources: 2,
}
const LINE = '\r\u001b[Ktool   50 %  1.0 kB of 2.0 kB    500 B/s  2 sources'
const EMPTY = '\r\u001b[K'

describe('watchFetchOn', () => {
  it('shows how far a fetch is, and leaves the line empty', async () => {
    const screen: string[] = []
    const terminal = { write: (text: string) => void screen.push(text), isTTY: true, columns: 60 }
    const watchFetch = watchFetchOn(terminal, { NO_COLOR: '1' })
    assert.equal(await watchFetch(NAME, async (onProgress) => (onProgress?.(PROGRESS), 'release')), 'release')
    assert.deepEqual(screen.splice(0), [LINE, EMPTY])
    for (const code of ['no-holder', 'cancelled'] as const) {
      const failing = watchFetch(NAME, async (onProgress) => {
        onProgress?.(PROGRESS)
        throw new GgenError(code, 'over')
      })
      await assert.rejects(failing, (error) => isGgenError(error, code))
      assert.deepEqual(screen.splice(0), [LINE, EMPTY])
    }
  })

  it('follows the window when it becomes narrower', async () => {
    const screen: string[] = []
    const terminal = { write: (text: string) => void screen.push(text), isTTY: true, columns: 60 }
    await watchFetchOn(terminal, { NO_COLOR: '1' })(NAME, async (onProgress) => {
      terminal.columns = 12
      onProgress?.(PROGRESS)
    })
    assert.deepEqual(screen, ['\r\u001b[Ktool   50 %', EMPTY])
  })
})

it('shows how far work is that is done many times', async () => {
  const screen: string[] = []
  const terminal = { write: (text: string) => void screen.push(text), isTTY: true, columns: 60 }
  assert.equal(await watchCountOn(terminal)('fetching', async (onProgress) => (onProgress({ done: 3, of: 8, bytes: 2000 }), 'done')), 'done')
  assert.deepEqual(screen, ['\r\u001b[Kfetching  3 of 8  2.0 kB', EMPTY])
})
