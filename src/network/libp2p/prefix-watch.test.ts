import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeLength } from './frame.ts'
import { PrefixWatch } from './prefix-watch.ts'

const protocols = { agreed: new Set(['/a', '/ping']), raw: new Set(['/ping']) }

const lp = (payload: Uint8Array | string): Uint8Array => {
  const bytes = Buffer.from(payload)
  return Buffer.concat([encodeLength(bytes.length), bytes])
}

const negotiation = (protocol: string): Uint8Array[] => [lp('/multistream/1.0.0\n'), lp('na\n'), lp(`${protocol}\n`)]

/** Whether a watch accepts bytes that come in pieces of these sizes. */
const accepts = (bytes: Uint8Array, sizes: readonly number[] = []): boolean => {
  const watch = new PrefixWatch(protocols)
  let offset = 0
  for (const size of sizes) {
    if (!watch.accepts(bytes.subarray(offset, offset + size))) return false
    offset += size
  }
  return watch.accepts(bytes.subarray(offset))
}

const endless = new Uint8Array(100).fill(0xff)

test('A negotiation and messages of any kind pass, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 }), fc.array(fc.nat(500)), (messages, sizes) => {
      assert(accepts(Buffer.concat([...negotiation('/a'), ...messages.map(lp)]), sizes))
    }),
  )
})

test('A prefix that never ends is refused within its fourth byte, wherever it starts', () => {
  for (const before of [[], negotiation('/a'), [...negotiation('/a'), lp('message')], negotiation('/unknown'), [lp('')]]) {
    const bytes = Buffer.concat([...before, endless])
    assert(!accepts(bytes))
    assert(!accepts(bytes, Array.from({ length: bytes.length }, () => 1)))
    assert(accepts(bytes.subarray(0, bytes.length - endless.length + 3)))
  }
})

test('After a protocol without prefixes was agreed on, anything passes and the watch is over', () => {
  const watch = new PrefixWatch(protocols)
  assert(watch.accepts(Buffer.concat(negotiation('/ping'))))
  assert(watch.isOver)
  assert(watch.accepts(endless))
})

test('A message that only looks like the agreement is none', () => {
  assert(!accepts(Buffer.concat([...negotiation('/a'), lp('/ping\n'), endless])))
})

test('Lines of a negotiation are short, messages afterwards may be long', () => {
  assert(!accepts(lp(new Uint8Array(1025))))
  assert(accepts(Buffer.concat([...negotiation('/a'), lp(new Uint8Array(1_000_000))])))
})
