import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentHash, matchingRule } from './content-hash.ts'

const part = (path: string, text: string): { path: string; bytes: Buffer } => ({ path, bytes: Buffer.from(text) })

describe('what a pack hashes to', () => {
  it('is BLAKE3, as its authors specify it', () => {
    assert.equal(contentHash([], 'full'), 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262')
    assert.equal(contentHash([part('a', 'bc')], 'full'), '6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85')
  })

  it('does not depend on the order of files, and runs path and bytes together', () => {
    const parts = [part('b', '2'), part('a', '1'), part('Z', '3'), part('é', '4')]
    assert.equal(contentHash(parts, 'full'), contentHash(parts.toReversed(), 'full'))
    assert.equal(contentHash([part('ab', 'c')], 'full'), contentHash([part('a', 'bc')], 'full'))
  })

  it('is of all files, or as it was at first of ontology and templates alone', () => {
    const core = [part('ontology.ttl', 'o'), part('templates/deep/x.tmpl', 't')]
    const parts = [...core, part('README.md', 'r'), part('templates/x.md', 'm'), part('sub/ontology.ttl', 's')]
    assert.equal(contentHash(parts, 'older'), contentHash(core, 'full'))
    const hashes = [contentHash(parts, 'full'), contentHash(core, 'full'), '0'.repeat(64)]
    assert.deepEqual(hashes.map((hash) => matchingRule(parts, hash)), ['full', 'older', undefined])
  })
})
