import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type IdentityId, isGgenError, type Multiaddr, opIdOfHash, parseMultiaddr, TEAM_LIMITS } from '#core'
import { parseTicket, type PrivateNetwork, writeTicket } from './ticket.ts'

const PEERS = ['12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo', `12D3Koo${'WALice'.repeat(7)}abc`]

const address = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 65_535 }), fc.option(fc.constantFrom(...PEERS), { nil: undefined }))
  .map(([host, port, peer]) => parseMultiaddr(`/ip4/${host}/tcp/${port}${peer === undefined ? '' : `/p2p/${peer}`}`))

const unique = <T extends string>(values: fc.Arbitrary<T>, maxLength: number) => fc.uniqueArray(values, { maxLength })

const networks: fc.Arbitrary<PrivateNetwork> = fc.record({
  name: fc.stringMatching(/^[a-z0-9-]{1,32}$/).filter((name) => name !== 'main'),
  key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  bootstrap: unique<Multiaddr>(address, TEAM_LIMITS.ticketAddresses),
  follow: unique<IdentityId>(fc.uint8Array({ minLength: 32, maxLength: 32 }).map((hash) => opIdOfHash(hash) as IdentityId), TEAM_LIMITS.ticketPublishers),
})

const ACME: PrivateNetwork = {
  name: 'acme', key: Uint8Array.from({ length: 32 }, (_, place) => place), follow: [opIdOfHash(new Uint8Array(32).fill(9)) as IdentityId],
  bootstrap: [parseMultiaddr(`/ip4/192.0.2.7/tcp/4001/p2p/${PEERS[0]}`), parseMultiaddr('/dns4/ggen.acme.example/tcp/4001')],
}

const refused = (text: string, about = /./): void =>
  assert.throws(() => parseTicket(text), (error) => isGgenError(error, 'ticket-invalid') && about.test(error.message), text)

/** A ticket of any bytes, with the right sum. */
const summed = (...parts: readonly Uint8Array[]): string => {
  const body = Buffer.concat(parts)
  return `ggen1${Buffer.concat([body, createHash('sha256').update('ggen1').update(body).digest().subarray(0, 4)]).toString('base64url')}`
}

describe('a ticket', () => {
  it('says what it was made from, wrapped or not, and no longer than may be', () => {
    fc.assert(fc.property(networks, (network) => {
      const ticket = writeTicket(network)
      assert.deepEqual(parseTicket(ticket), { ...network })
      assert.ok(ticket.length <= TEAM_LIMITS.ticketChars)
      assert.match(ticket, /^ggen1[\w-]+$/)
    }))
    const wrapped = writeTicket(ACME).replaceAll(/.{40}/g, '$&\n  ')
    assert.deepEqual(parseTicket(` ${wrapped}\n`), ACME)
  })

  it('is the same for ever', () => {
    assert.equal(writeTicket({ ...ACME, bootstrap: [], follow: [] }), 'ggen1BGFjbWUAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHwAAAF34ZU0')
  })

  it('is refused with any letter changed, lost, doubled or two swapped', () => {
    const ticket = writeTicket(ACME)
    const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
    fc.assert(fc.property(fc.nat(ticket.length - 2), letters, (place, letter) => {
      const [before, there, next, after] = [ticket.slice(0, place), ticket[place] ?? '', ticket[place + 1] ?? '', ticket.slice(place + 2)]
      const changed = [before + letter + next + after, before + next + after, before + there + there + next + after, before + next + there + after]
      for (const wrong of changed) if (wrong !== ticket) refused(wrong)
    }))
  })

  it('is refused when it is something else, and says what', () => {
    refused('', /begin with ggen1/)
    refused('hello', /begin with ggen1/)
    refused(writeTicket(ACME).replace('ggen1', 'ggen2'), /another version/)
    refused('ggen1', /typing error/)
    refused('ggen1!!!!', /typing error/)
    refused(`ggen1${'A'.repeat(5000)}`, /longer than any/)
    refused('g'.repeat(1_000_000), /longer than any/)
  })

  it('is refused when its sum is right and its content is not', () => {
    const [name, key, none] = [Buffer.from('\u0004acme'), Buffer.alloc(32), Buffer.alloc(1)]
    assert.equal(parseTicket(summed(name, key, none, none, none)).name, 'acme')
    refused(summed(name, key, none, none), /too early/)
    refused(summed(name, key, none, none, none, none), /goes on/)
    refused(summed(Buffer.from('\u0004main'), key, none, none, none), /no private network/)
    refused(summed(Buffer.from('\u0004AcMe'), key, none, none, none), /no private network/)
    refused(summed(none, key, none, none, none), /no private network/)
    const at = (peer: number, text: string) => Buffer.concat([Buffer.from([1, peer, text.length]), Buffer.from(text)])
    refused(summed(name, key, none, at(1, '/ip4/192.0.2.1/tcp/1'), none), /peer/)
    refused(summed(name, key, none, at(0, '/ip4/999.0.2.1/tcp/1'), none), /address/)
    const peer = Buffer.concat([Buffer.from([1, 52]), Buffer.from(PEERS[0] ?? '')])
    refused(summed(name, key, peer, none, none), /another way/)
    const once = at(0, '/ip4/192.0.2.1/tcp/1').subarray(1)
    refused(summed(name, key, none, Buffer.concat([Buffer.from([2]), once, once]), none), /another way/)
  })

  it('never makes the parser fail in another way', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => refused(summed(bytes))))
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => refused(`ggen1${text}`)))
  })
})
