import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPackageName, type PackageName, parsePackageName } from '#core'
import { domainOf, registrableDomain } from './domain-of.ts'

const of = (name: string): string | undefined => domainOf(parsePackageName(name))

test('a reverse-DNS name belongs to the domain that somebody registered', () => {
  assert.equal(of('io.ggen.rust.cli'), 'ggen.io')
  assert.equal(of('io.ggen'), 'ggen.io')
  assert.equal(of('uk.co.example.tool'), 'example.co.uk')
  assert.equal(of('com.example.a.b.c'), 'example.com')
})

test('a place under a host that gives names to strangers is a domain of its own', () => {
  assert.equal(of('io.github.alice.tool'), 'alice.github.io')
  assert.equal(of('io.gitlab.bob.tool'), 'bob.gitlab.io')
  assert.equal(of('page.codeberg.carol.tool'), 'carol.codeberg.page')
  assert.equal(of('io.github'), undefined, 'the host itself is nobody\'s')
})

test('plain names, scopes, namespaces and unknown endings belong to no domain', () => {
  for (const name of ['http-kit', '@types/node', '@io.ggen/cli', 'io.ggen/cli', 'chart.js', 'socket.io', 'uk.co', 'lodash.get', '127.0.0.1']) {
    assert.equal(of(name), undefined, name)
  }
})

test('a host belongs to its registrable domain, an address to none', () => {
  assert.equal(registrableDomain('www.ggen.io'), 'ggen.io')
  assert.equal(registrableDomain('alice.github.io'), 'alice.github.io')
  for (const host of ['192.0.2.1', '::1', '[::1]', 'localhost', 'io', 'github.io', 'a..io', '', 'ggen.io:443', 'ggen.io/x', 'ggen.invalid']) {
    assert.equal(registrableDomain(host), undefined, host)
  }
})

test('whatever the name, its domain is the end of the reversed name', () => {
  const labels = fc.array(fc.constantFrom('io', 'com', 'github', 'ggen', 'uk', 'co', 'a', 'xn--p1ai', '0'), { minLength: 1, maxLength: 10 })
  fc.assert(fc.property(labels, (parts) => {
    const name = parts.join('.')
    if (!isPackageName(name)) return
    const domain = domainOf(name as PackageName)
    if (domain === undefined) return
    const own = domain.split('.').toReversed().join('.')
    assert(name === own || name.startsWith(`${own}.`), `${name} ${domain}`)
  }))
})
