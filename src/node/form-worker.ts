import { parentPort } from 'node:worker_threads'
import { type FormJob, makeForm } from '#npm'
import type { FormAnswer } from './form-thread.ts'

const answerTo = (job: FormJob): FormAnswer => {
  try {
    return { made: makeForm(job) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

/** The thread's side of form-thread.ts. */
parentPort?.on('message', (job: FormJob) => parentPort?.postMessage(answerTo(job)))
