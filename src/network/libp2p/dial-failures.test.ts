import { LIMITS } from '#core'
import { TestClock } from '#testing'
import type { Connection, Transport } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countedTransport, DialFailures } from './dial-failures.ts'

const VICTIM = '/ip4/8.8.8.8/tcp/80'

const fail = (failures: DialFailures, address: string, nowMs: number): boolean => {
  const end = failures.begin(address, nowMs)
  end?.('failed', nowMs)
  return end !== undefined
}

test('An address is dialled three times an hour, whoever is said to be there and however it is written', () => {
  const failures = new DialFailures()
  const begun = Array.from({ length: 1000 }, (_, index) => fail(failures, `${VICTIM}/p2p/Qm${index}`, index))
  assert.equal(begun.filter(Boolean).length, LIMITS.failedDials)
  assert(fail(failures, '/ip4/8.8.8.8/tcp/81', 1000))
  assert(failures.covers(VICTIM, LIMITS.failedDialMs - 1) && !failures.covers(VICTIM, LIMITS.failedDialMs))
  const spelled = ['/ip6/2001:4860::8/tcp/1', '/ip6/2001:4860:0::8/tcp/1', '/ip6/2001:4860:0:0:0:0:0:8/tcp/1', '/ip6/2001:4860:0000::0008/tcp/1']
  assert.deepEqual(spelled.map((address) => fail(failures, address, 0)), [true, true, true, false])
})

test('Dials that are under way count as well, those given up or successful do not', () => {
  const failures = new DialFailures()
  const ends = Array.from({ length: 5 }, () => failures.begin(VICTIM, 0))
  assert.equal(ends.filter((end) => end !== undefined).length, LIMITS.failedDials)
  ends[0]?.('cancelled', 0)
  assert(!failures.covers(VICTIM, 0))
  ends[1]?.('failed', 0)
  ends[2]?.('failed', 0)
  assert(!failures.covers(VICTIM, 0))
  failures.begin(VICTIM, 0)?.('reached', 0)
  assert.deepEqual([fail(failures, VICTIM, 0), fail(failures, VICTIM, 0), fail(failures, VICTIM, 0), fail(failures, VICTIM, 0)], [true, true, true, false])
})

test('What is remembered is bounded', () => {
  const failures = new DialFailures()
  for (let count = 0; count < LIMITS.failedDials; count += 1) fail(failures, VICTIM, 0)
  for (let index = 0; index < LIMITS.failedDialAddresses; index += 1) fail(failures, `/ip4/9.${index >> 16}.${(index >> 8) & 255}.${index & 255}/tcp/1`, 0)
  assert(!failures.covers(VICTIM, 0))
})

test('A transport begins no dial too many, except to where the user wants it to', async () => {
  let dialled = 0
  const refusing = { dial: async () => Promise.reject(new Error(`refused ${(dialled += 1)}`)) } as unknown as Transport
  const failures = new DialFailures()
  const transport = countedTransport(() => refusing, { failures, clock: new TestClock(), rules: { isFromUser: (address) => address.includes('9.9.9.9') } })({})
  const attempt = async (address: string, signal?: AbortSignal): Promise<Connection | undefined> => {
    const options = { ...(signal !== undefined && { signal }) } as Parameters<Transport['dial']>[1]
    const [result] = await Promise.allSettled([transport.dial(multiaddr(address), options)])
    return result.status === 'fulfilled' ? result.value : undefined
  }
  for (let count = 0; count < 10; count += 1) await attempt(VICTIM, AbortSignal.abort())
  assert.equal(dialled, 10, 'what was given up says nothing')
  for (let count = 0; count < 10; count += 1) await attempt(VICTIM)
  assert.equal(dialled, 10 + LIMITS.failedDials)
  for (let count = 0; count < 10; count += 1) await attempt('/ip4/9.9.9.9/tcp/1')
  assert.equal(dialled, 20 + LIMITS.failedDials)
  for (let count = 0; count < 10; count += 1) await attempt('/ip4/7.7.7.7/tcp/1', AbortSignal.abort(new DOMException('late', 'TimeoutError')))
  assert.equal(dialled, 20 + 2 * LIMITS.failedDials)
})
