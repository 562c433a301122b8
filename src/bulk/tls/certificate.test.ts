import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isGgenError, type PeerId } from '#core'
import { createCertificate, peerOfCertificate } from './certificate.ts'
import { knownPeer } from '#testing'

const ALICE = knownPeer('alice')
const NOW = Date.UTC(2026, 10, 25, 12)
const YEAR_MS = 365 * 24 * 3_600_000

/** Made by generateCertificate of @libp2p/tls for the key of ALICE, whose peer id @libp2p/peer-id computed. */
const FOREIGN_MADE = `-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIIJnIyZQIZlUgwCgYIKoZIzj0EAwIwADAgFw0yNjExMjUw
MjUxMzVaGA8yMTI2MTEwMTAzNTEzNVowADBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABIS4ZUDRAlMuA7sZTO7VMPGczs+I0v8J9Br/5iWp5Mt365n4xIiaYGVSFnSJ
izYIWhcyGnTyGHMsCyUsLhF6oEmjfzB9MHsGCisGAQQBg6JaAQEBAf8EajBoBCQI
ARIgP0Rf2Gg0s5ICyxeINAeO7dd+qX+stQrGxm5MsZa2Ix8EQJD9TLDtSuKoYwxl
xfPSZp8oT3G6wnizqrDPVp7TKhYmSiBRLZU748I1xwvU8T5r+K7zJvD8JiWJpXBf
+y0FYw0wCgYIKoZIzj0EAwIDRwAwRAIgTthudNHO9KSh+6wPLmsZ8p+Z1bwigqBt
CVJLyA6knBQCIHvBOUXFPGpN05kocWxC8K8EPPqwPmU6yPwli3EYHadJ
-----END CERTIFICATE-----`

const rawOf = (pem: string): Buffer => new X509Certificate(pem).raw

/** The peer, or `undefined` when it is refused with a code. */
const peerIn = (bytes: Uint8Array, nowMs = NOW): PeerId | undefined => {
  try {
    return peerOfCertificate(bytes, nowMs)
  } catch (error) {
    assert.ok(isGgenError(error, 'frame-invalid'), String(error))
    return undefined
  }
}

describe('certificates that prove a peer', () => {
  test('one that was made here proves its peer', () => {
    for (const name of ['alice', 'bob', 'carol']) {
      const { id, peerKey } = knownPeer(name)
      assert.equal(peerIn(rawOf(createCertificate(peerKey, NOW).cert)), id)
    }
  })

  test('so does one that js-libp2p made', () => assert.equal(peerIn(rawOf(FOREIGN_MADE)), ALICE.id))

  test('it holds from an hour ago for a hundred years, and its dates are written as certificates write them', () => {
    const made = rawOf(createCertificate(ALICE.peerKey, NOW).cert)
    assert.equal(peerIn(made, NOW - 3_599_000), ALICE.id)
    assert.equal(peerIn(made, NOW - 3_601_000), undefined)
    assert.equal(peerIn(made, NOW + 99 * YEAR_MS), ALICE.id)
    assert.equal(peerIn(made, NOW + 101 * YEAR_MS), undefined)
    assert.ok(made.includes(Buffer.from('\x17\x0d261125110000Z\x18\x0f2126', 'latin1')))
  })

  test('no byte of one can be changed so that it proves another peer', () => {
    for (const whole of [rawOf(FOREIGN_MADE), rawOf(createCertificate(ALICE.peerKey, NOW).cert)]) {
      for (let at = 0; at < whole.length; at++) {
        for (const change of [1, 0x80, 0xff]) {
          const broken = Buffer.from(whole)
          broken[at] = (broken[at] ?? 0) ^ change
          assert.equal(peerIn(broken), undefined, `byte ${at}`)
        }
      }
      for (let length = 0; length < whole.length; length += 7) assert.equal(peerIn(whole.subarray(0, length)), undefined)
      assert.equal(peerIn(Buffer.concat([whole, Buffer.from([0])])), undefined)
      assert.equal(peerIn(Buffer.concat([whole, whole])), undefined)
    }
  })

  test('bytes that are none are refused with a code', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => assert.equal(peerIn(bytes), undefined)))
    assert.equal(peerIn(Buffer.from(FOREIGN_MADE)), undefined, 'PEM is not DER')
    assert.equal(peerIn(Buffer.alloc(10_000, 0x30)), undefined)
  })

  test('a key of another kind is refused when one is made', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'der', type: 'pkcs8' })
    for (const key of [new Uint8Array(0), rsa, ALICE.peerKey.subarray(1)]) assert.throws(() => createCertificate(key, NOW), { code: 'config-invalid' })
  })
})
