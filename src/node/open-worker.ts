import { parentPort } from 'node:worker_threads'
import { openEach } from '#trust'
import type { Faults } from './open-thread.ts'
import { type Packed, unpacked } from './pack-envelopes.ts'

/** The thread's side of open-thread.ts: ops stay there, only what is wrong goes back. */
parentPort?.on('message', (envelopes: Packed) => {
  const faults: Faults = openEach(unpacked(envelopes)).map(({ fault }) => fault ?? null)
  parentPort?.postMessage(faults)
})
