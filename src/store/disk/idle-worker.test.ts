import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { temporaryFolder, until } from '#testing'
import { IdleWorker } from './idle-worker.ts'

/** Says its number and what it is told; ends when it is told to. */
const SCRIPT = `
import { parentPort, threadId, workerData } from 'node:worker_threads'
parentPort.on('message', (job) => {
  if (job === 'break') throw new RangeError('broken')
  parentPort.postMessage({ thread: threadId, job, data: workerData })
})
`

interface Answer {
  readonly thread: number
  readonly job: unknown
  readonly data: unknown
}

const scene = (folder: string, idleMs: number): { thread: IdleWorker<Answer>; answers: Answer[]; lost: Error[] } => {
  writeFileSync(join(folder, 'echo.ts'), SCRIPT)
  const [answers, lost]: [Answer[], Error[]] = [[], []]
  const thread = new IdleWorker<Answer>({
    script: pathToFileURL(join(folder, 'echo')), heap: { maxOldGenerationSizeMb: 16 }, idleMs, data: 'known',
    onAnswer: (answer) => answers.push(answer),
    onLost: (cause) => lost.push(cause),
  })
  return { thread, answers, lost }
}

const LONG_MS = 60_000

suite('an idle worker', () => {
  test('starts with its first job, and answers in order', async () => {
    await using folder = await temporaryFolder()
    const { thread, answers } = scene(folder.path, LONG_MS)
    await using _thread = thread
    assert(!thread.isRunning && !thread.isReady)
    for (const job of [1, 2, 3]) thread.post(job)
    await until('all are answered', () => answers.length === 3)
    assert.deepEqual(answers.map(({ job, data }) => [job, data]), [[1, 'known'], [2, 'known'], [3, 'known']])
    assert(thread.isRunning && thread.isReady)
  })

  test('ends after it rested for a while, and the next job starts another', async () => {
    await using folder = await temporaryFolder()
    const { thread, answers, lost } = scene(folder.path, 1)
    await using _thread = thread
    thread.prepare()
    await until('it ended', () => !thread.isRunning)
    thread.post('again')
    await until('the other one answered', () => answers.length === 1)
    assert.deepEqual(lost, [])
  })

  test('stays while it is only released', async () => {
    await using folder = await temporaryFolder()
    const { thread, answers } = scene(folder.path, 1)
    await using _thread = thread
    thread.post(1)
    thread.release()
    thread.post(2)
    await until('both are answered', () => answers.length === 2)
    assert.equal(answers[0]?.thread, answers[1]?.thread)
  })

  test('tells once that it broke, and works again', async () => {
    await using folder = await temporaryFolder()
    const { thread, answers, lost } = scene(folder.path, LONG_MS)
    await using _thread = thread
    thread.post('break')
    await until('it broke', () => lost.length > 0)
    thread.post('again')
    await until('the other one answered', () => answers.length === 1)
    assert.deepEqual(lost.map(({ name }) => name), ['RangeError'])
  })

  test('ends at once when it is disposed, without a word', async () => {
    await using folder = await temporaryFolder()
    const { thread, lost } = scene(folder.path, LONG_MS)
    thread.post(1)
    await thread[Symbol.asyncDispose]()
    assert.deepEqual([thread.isRunning, lost], [false, []])
  })
})
