import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { identityNaming, TestDomains, txtRecord, wellKnown } from '#testing'
import { DAY, domainClient } from './domain-scene.ts'

/** Row 16 of the threat table: somebody on the path answers for the name servers. He has an identity that names the domain; TLS he cannot forge. */
const NAME = parsePackageName('io.ggen.rust.cli')
const OWNER = identityNaming('the owner', 'ggen.io')
const SPOOFER = identityNaming('the spoofer', 'ggen.io')
const claimOf = ({ identity }: typeof OWNER, prefix = 'io.ggen'): { prefix: string; identity: string } => ({ prefix, identity })
const HTTPS = wellKnown(claimOf(OWNER))

test('a spoofed TXT record beside a correct HTTPS one is a conflict, whoever is asked about', async (context) => {
  await using domains = await TestDomains.start()
  const client = domainClient(domains, context)
  domains.publish('ggen.io', { wellKnown: HTTPS, txt: [txtRecord(claimOf(SPOOFER))] })
  const conflict = { verdict: 'conflict', kind: 'sources', domain: 'ggen.io', https: OWNER.identity, txt: SPOOFER.identity }
  for (const view of [OWNER, SPOOFER]) assert.deepEqual(await client.prove(NAME, view), conflict)
  domains.publish('ggen.io', { wellKnown: HTTPS })
  client.clock.advance(DAY)
  assert.equal((await client.prove(NAME, OWNER)).verdict, 'proven', 'when the spoofer is gone')
  context.diagnostic('a spoofed record is a conflict for 2 of 2 publishers, and does no harm that lasts')
})

test('a spoofed TXT record for a longer prefix is a conflict too', async (context) => {
  await using domains = await TestDomains.start()
  domains.publish('ggen.io', { wellKnown: wellKnown(claimOf(OWNER, 'io.ggen.web')), txt: [txtRecord(claimOf(SPOOFER, 'io.ggen.rust'))] })
  assert.equal((await domainClient(domains, context).prove(NAME, SPOOFER)).verdict, 'conflict')
})

test('who leads the web server elsewhere proves nothing: the certificate is not his', async (context) => {
  await using domains = await TestDomains.start()
  domains.publish('ggen.io', { wellKnown: wellKnown(claimOf(SPOOFER)), txt: [txtRecord(claimOf(SPOOFER))] })
  domains.spoilCertificate('ggen.io', 'stranger')
  const verdict = await domainClient(domains, context).prove(NAME, SPOOFER)
  assert.ok(verdict.verdict === 'unproven' && verdict.reason === 'unreachable', JSON.stringify(verdict))
})

test('who keeps the web server from being asked proves nothing by TXT', async (context) => {
  await using domains = await TestDomains.start()
  const txt = [txtRecord(claimOf(SPOOFER))]
  domains.publish('ggen.io', { wellKnown: null, txt })
  const failing = await domainClient(domains, context).prove(NAME, SPOOFER)
  domains.publish('ggen.io', { txt })
  domains.names.set('ggen.io', { a: ['127.0.0.2'] })
  const refusing = await domainClient(domains, context).prove(NAME, SPOOFER)
  for (const verdict of [failing, refusing]) assert.ok(verdict.verdict === 'unproven' && verdict.reason === 'unreachable', JSON.stringify(verdict))
})

test('who says that the web server does not exist waits where the owner was proven before', async (context) => {
  await using domains = await TestDomains.start()
  const client = domainClient(domains, context)
  domains.publish('ggen.io', { wellKnown: HTTPS })
  assert.equal((await client.prove(NAME, OWNER)).verdict, 'proven')
  client.clock.advance(DAY)
  domains.publish('ggen.io', { txt: [txtRecord(claimOf(SPOOFER))] })
  domains.names.set('ggen.io')
  assert.equal((await client.prove(NAME, SPOOFER)).verdict, 'waiting')
})
