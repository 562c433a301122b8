import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { type DomainAnswer, type DomainAnswers, isGgenError, LIMITS, opIdOfHash } from '#core'
import { TestDomains, txtRecord, type WebAnswer, wellKnown } from '#testing'
import { openDomainRecords } from './open-domain-records.ts'

const IDENTITY = opIdOfHash(createHash('sha256').update('alice').digest())
const CLAIM = { prefix: 'io.ggen', identity: IDENTITY }
const RECORD = wellKnown(CLAIM)
const PATH = '/.well-known/ggen.json'

const start = async (context: TestContext): Promise<TestDomains> => {
  const domains = await TestDomains.start()
  context.after(() => domains[Symbol.asyncDispose]())
  return domains
}

const ask = (domains: TestDomains, options: object = {}): Promise<DomainAnswers> =>
  openDomainRecords({ ...domains.access, ...options }).ask('ggen.io', new AbortController().signal)

const https = async (domains: TestDomains, options: object = {}): Promise<DomainAnswer['state']> => (await ask(domains, options)).https.state

const text = (body: string | Buffer): WebAnswer => (_request, response) => void response.end(body)
const status = (code: number, headers: Readonly<Record<string, string>> = {}): WebAnswer =>
  (_request, response) => void response.writeHead(code, headers).end(RECORD)

suite('asking a domain over HTTPS', () => {
  test('whatever the type of the content says, the record is read, from one path', async (context) => {
    const domains = await start(context)
    for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
      domains.serve('ggen.io', status(200, { 'content-type': type }))
      assert.deepEqual((await ask(domains)).https, { state: 'found', claims: [CLAIM] }, type)
    }
    domains.serve('ggen.io', text(RECORD))
    assert.equal(await https(domains), 'found')
    assert.ok(domains.visited.every((visit) => visit === `ggen.io ${PATH}`))
  })

  test('an answer that is no record is absent; a server in trouble is unknown', async (context) => {
    const domains = await start(context)
    const states: Record<number, DomainAnswer['state']> = {
      404: 'absent', 410: 'absent', 403: 'absent', 401: 'absent', 304: 'absent', 408: 'unknown', 421: 'unknown', 429: 'unknown', 500: 'unknown', 503: 'unknown',
      206: 'unknown',
    }
    for (const [code, state] of Object.entries(states)) {
      domains.serve('ggen.io', status(Number(code)))
      assert.equal(await https(domains), state, code)
    }
    domains.serve('ggen.io', (_request, response) => void response.setHeader('content-type', 'text/html; charset=utf-8').end('<html>'))
    assert.equal(await https(domains), 'absent', 'the first page of a site')
    domains.serve('ggen.io', text('<html>'))
    assert.equal(await https(domains), 'malformed')
  })

  test('a certificate that is not good is unknown, never absent', async (context) => {
    const domains = await start(context)
    domains.publish('ggen.io', { wellKnown: RECORD })
    domains.spoilCertificate('ggen.io', 'expired')
    assert.deepEqual((await ask(domains)).https, { state: 'unknown', why: 'ggen.io cannot be reached over HTTPS: CERT_HAS_EXPIRED' })
    domains.spoilCertificate('ggen.io', 'stranger')
    assert.equal(await https(domains), 'unknown')
    assert.deepEqual(domains.visited, [], 'nothing was asked of such a server')
  })

  test('redirects are followed inside the domain, twice', async (context) => {
    const domains = await start(context)
    domains.serve('ggen.io', status(301, { location: `https://www.ggen.io${PATH}` }))
    domains.serve('www.ggen.io', status(302, { location: '/elsewhere.json' }))
    assert.equal(await https(domains), 'malformed', 'www leads to itself for ever')
    domains.serve('www.ggen.io', (request, response) => {
      const answer = request.url === PATH ? status(307, { location: '/elsewhere.json' }) : text(RECORD)
      answer(request, response)
    })
    domains.visited.length = 0
    assert.equal(await https(domains), 'found')
    assert.deepEqual(domains.visited, [`ggen.io ${PATH}`, `www.ggen.io ${PATH}`, 'www.ggen.io /elsewhere.json'])
  })

  test('no redirect leads out of the domain, to another port, or off HTTPS', async (context) => {
    const domains = await start(context)
    domains.serve('ggen.com', text(RECORD))
    domains.serve('io.ggen.evil.io', text(RECORD))
    const { httpsPort } = domains.access
    const targets = [
      `https://ggen.com${PATH}`, `https://io.ggen.evil.io${PATH}`, `http://ggen.io${PATH}`, `https://ggen.io:${httpsPort}/x`, 'https://user@ggen.io/x',
      'https://127.0.0.1/', 'https://[::1]/', 'https://localhost/', 'file:///etc/passwd', 'https://', 'data:text/plain,x',
    ]
    for (const location of targets) {
      domains.serve('ggen.io', status(302, { location }))
      domains.visited.length = 0
      assert.equal(await https(domains), 'absent', location)
      assert.equal(domains.visited.length, 1, location)
    }
  })

  test('more than the largest record is not read', async (context) => {
    const domains = await start(context)
    domains.serve('ggen.io', text(RECORD.padEnd(LIMITS.domainRecordBytes)))
    assert.equal(await https(domains), 'found')
    domains.serve('ggen.io', (_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) continue
      }
      response.on('drain', more)
      more()
    })
    assert.equal(await https(domains), 'malformed', 'a page without an end')
    domains.serve('ggen.io', (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"v":1')
      response.socket?.destroySoon()
    })
    assert.equal(await https(domains), 'unknown', 'a page that breaks off')
  })

  test('addresses on this machine and its network are refused', async (context) => {
    const domains = await start(context)
    domains.publish('ggen.io', { wellKnown: RECORD })
    for (const zone of [{ a: ['127.0.0.1'] }, { a: ['10.0.0.1', '169.254.169.254'] }, { aaaa: ['::1', '::ffff:127.0.0.1'] }]) {
      domains.names.set('ggen.io', zone)
      const answer = (await ask(domains, { allowPrivateAddresses: false })).https
      assert.deepEqual(answer, { state: 'unknown', why: 'ggen.io has no address on the public network' })
    }
    assert.deepEqual(domains.visited, [])
  })

  test('a host without an address is absent, one that nobody listens at is unknown', async (context) => {
    const domains = await start(context)
    assert.equal(await https(domains), 'absent')
    domains.names.set('ggen.io', {})
    assert.equal(await https(domains), 'absent')
    domains.publish('ggen.io', { wellKnown: RECORD })
    assert.equal(await https(domains, { httpsPort: 1 }), 'unknown')
  })
})

suite('asking a domain over DNS', () => {
  test('a record in several parts is one text, and others beside it do not matter', async (context) => {
    const domains = await start(context)
    domains.publish('ggen.io', { txt: ['v=spf1 -all', txtRecord(CLAIM).replace('; ', `;${' '.repeat(300)}`)] })
    assert.deepEqual((await ask(domains)).txt, { state: 'found', claims: [CLAIM] })
    assert.ok(domains.names.asked.includes('TXT _ggen.ggen.io'))
  })

  test('a name server in trouble is unknown, a name that is not there is absent', async (context) => {
    const domains = await start(context)
    for (const failure of ['SERVFAIL', 'REFUSED'] as const) {
      domains.names.set('_ggen.ggen.io', { failure })
      assert.equal((await ask(domains)).txt.state, 'unknown', failure)
    }
    domains.names.set('_ggen.ggen.io', {})
    assert.equal((await ask(domains)).txt.state, 'absent')
  })
})

suite('waiting for a domain', () => {
  test('ends after its time, with what there is', async (context) => {
    const domains = await start(context)
    domains.publish('ggen.io', { txt: [txtRecord(CLAIM)] })
    domains.serve('ggen.io', () => undefined)
    const silentWeb = await ask(domains, { timeoutMs: 200 })
    assert.deepEqual([silentWeb.https, silentWeb.txt.state], [{ state: 'unknown', why: 'ggen.io does not answer in time' }, 'found'])
    domains.names.set('_ggen.ggen.io', { failure: 'silent' })
    domains.names.set('ggen.io', { failure: 'silent' })
    const silent = await ask(domains, { timeoutMs: 200 })
    assert.deepEqual(silent.txt, { state: 'unknown', why: 'the name servers do not answer in time for _ggen.ggen.io' })
    assert.equal(silent.https.state, 'unknown')
  })

  test('ends with the signal of who asks', async (context) => {
    const domains = await start(context)
    const ending = new AbortController()
    domains.serve('ggen.io', () => ending.abort())
    await assert.rejects(openDomainRecords(domains.access).ask('ggen.io', ending.signal), (error) => isGgenError(error, 'cancelled'))
  })
})
