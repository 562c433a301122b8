import { parentPort } from 'node:worker_threads'
import { openEach } from '#trust'
import type { Faults } from './open-thread.ts'

/** The thread's side of open-thread.ts: ops stay there, only what is wrong goes back. */
parentPort?.on('message', (envelopes: readonly Uint8Array[]) => {
  const faults: Faults = openEach(envelopes).map(({ fault }) => fault ?? null)
  parentPort?.postMessage(faults)
})
