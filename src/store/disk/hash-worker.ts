import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { HashAnswer, HashQuestion } from './hash-thread.ts'

/** The thread's side of hash-thread.ts. Imports nothing of the program, so that it starts quickly and stays small. */
const BUFFER = Buffer.allocUnsafeSlow(1024 * 1024)

const begin = (path: string): Job => ({ file: openSync(path, 'r'), at: 0, sha256: createHash('sha256'), sha512: createHash('sha512') })

interface Job {
  readonly file: number
  at: number
  readonly sha256: ReturnType<typeof createHash>
  readonly sha512: ReturnType<typeof createHash>
}

const jobs = new Map<number, Job>()

const hashTo = (job: Job, end: number): void => {
  while (job.at < end) {
    const filled = readSync(job.file, BUFFER, 0, Math.min(BUFFER.length, end - job.at), job.at)
    if (filled === 0) throw new Error('the file became shorter while it was hashed')
    const bytes = BUFFER.subarray(0, filled)
    job.sha256.update(bytes)
    job.sha512.update(bytes)
    job.at += filled
  }
}

const end = (id: number): Job | undefined => {
  const job = jobs.get(id)
  jobs.delete(id)
  if (job !== undefined) closeSync(job.file)
  return job
}

const obey = ({ id, path, ...question }: HashQuestion): HashAnswer => {
  const job = jobs.get(id) ?? begin(path)
  jobs.set(id, job)
  if (question.verb === 'hash') {
    hashTo(job, question.end)
    return { id }
  }
  end(id)
  return question.verb === 'drop' ? { id } : { id, sha256: job.sha256.digest('hex'), sha512: job.sha512.digest('hex') }
}

parentPort?.on('message', (question: HashQuestion) => {
  try {
    parentPort?.postMessage(obey(question))
  } catch (error) {
    end(question.id)
    // An error that is posted loses its code.
    const { message, code = '' } = error as NodeJS.ErrnoException
    parentPort?.postMessage({ id: question.id, error: { message, code } } satisfies HashAnswer)
  }
})
