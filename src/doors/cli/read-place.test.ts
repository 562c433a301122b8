import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidArgumentError } from 'commander'
import { readPlace, readUrl } from './read-place.ts'

const isInvalid = (error: unknown): boolean => error instanceof InvalidArgumentError

test('a place is a host and a port', () => {
  assert.deepEqual(['127.0.0.1:4080', 'registry.example:0', '[::1]:65535'].map(readPlace), [
    { host: '127.0.0.1', port: 4080 }, { host: 'registry.example', port: 0 }, { host: '::1', port: 65_535 },
  ])
  for (const wrong of ['', '4080', ':4080', 'host', 'host:', 'host:65536', 'host:x', '::1:80', 'http://a:1',
    'a b:1']) assert.throws(() => readPlace(wrong), isInvalid, wrong)
})

test('a public address is one of the web, without a slash at its end', () => {
  assert.deepEqual(['https://registry.example', 'http://a:1/', 'https://a/ggen//'].map(readUrl), ['https://registry.example', 'http://a:1', 'https://a/ggen'])
  for (const wrong of ['', 'registry.example', 'ftp://a', 'https://user@a', 'https://a?b', 'https://a#b']) assert.throws(() => readUrl(wrong), isInvalid, wrong)
})

test('whatever is typed is read or refused', () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const read of [readPlace, readUrl]) {
      try {
        read(text)
      } catch (error) {
        assert.ok(isInvalid(error))
      }
    }
  }))
})
