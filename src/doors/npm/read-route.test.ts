import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readRoute } from './read-route.ts'

describe('readRoute', () => {
  it('reads what the clients send', () => {
    const routes: readonly (readonly [path: string, route: object])[] = [
      ['', { to: 'root' }],
      ['express', { to: 'document', name: 'express' }],
      ['@scope%2fname', { to: 'document', name: '@scope/name' }],
      ['@scope%2Fname', { to: 'document', name: '@scope/name' }],
      ['%40scope%2fname', { to: 'document', name: '@scope/name' }],
      ['@scope/name', { to: 'document', name: '@scope/name' }],
      ['express/4.18.2', { to: 'manifest', name: 'express', version: '4.18.2' }],
      ['@scope%2fname/latest', { to: 'manifest', name: '@scope/name', version: 'latest' }],
      ['express/-/express-4.18.2.tgz', { to: 'tarball', name: 'express', version: '4.18.2', path: 'express/-/express-4.18.2.tgz' }],
      ['@scope/name/-/name-1.0.0-rc.1.tgz', { to: 'tarball', name: '@scope/name', version: '1.0.0-rc.1', path: '@scope/name/-/name-1.0.0-rc.1.tgz' }],
      ['@scope/name/-/@scope/name-1.0.0.tgz', { to: 'tarball', name: '@scope/name', version: '1.0.0', path: '@scope/name/-/name-1.0.0.tgz' }],
      ['artifactory/api/npm/all/express/-/express-4.18.2.tgz', { to: 'tarball', name: 'express', version: '4.18.2', path: 'express/-/express-4.18.2.tgz' }],
      ['express/-rev/3-abc', { to: 'revision', name: 'express', revision: '3-abc' }],
      ['express/-/express-1.0.0.tgz/-rev/3-abc', { to: 'revision', name: 'express', version: '1.0.0', revision: '3-abc' }],
      ['@a/b/-/@a/b-1.0.0.tgz/-rev/3-abc', { to: 'revision', name: '@a/b', version: '1.0.0', revision: '3-abc' }],
      ['-/package/@scope%2fname/dist-tags', { to: 'tags', name: '@scope/name' }],
      ['-/package/express/dist-tags/next', { to: 'tags', name: 'express', tag: 'next' }],
      ['-/package/express/access', { to: 'access', name: 'express', what: 'access' }],
      ['-/user/org.couchdb.user:alice', { to: 'user', user: 'alice' }],
      ['-/user/token/abc', { to: 'token', token: 'abc' }],
      ['-/whoami', { to: 'whoami' }],
      ['-/npm/v1/security/advisories/bulk', { to: 'upstream', path: '-/npm/v1/security/advisories/bulk' }],
      ['-/npm/v1/attestations/express@4.18.2', { to: 'upstream', path: '-/npm/v1/attestations/express@4.18.2' }],
    ]
    for (const [path, route] of routes) assert.deepEqual(readRoute(path), route, path)
  })

  it('takes nothing that leads out of the registry', () => {
    for (const path of ['..', '../x', '%2e%2e', 'a/../b', '-/..', '%', 'a%2fb', '@a/b/c/d', 'express/-/other-1.0.0.tgz', '-/npm/v1/tokens']) {
      assert.equal(readRoute(path).to, 'nothing', path)
    }
  })

  it('has an answer to any text', () => {
    fc.assert(fc.property(fc.string(), (path) => typeof readRoute(path).to === 'string'))
  })
})
