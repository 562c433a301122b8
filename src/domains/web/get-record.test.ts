import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestDomains } from '#testing'
import { getRecord } from './get-record.ts'

test('the address that was judged is dialled, whatever the name servers say later', async () => {
  await using domains = await TestDomains.start()
  domains.serve('ggen.io', (_request, response) => void response.end('{}'))
  const { httpsPort: port, ca } = domains.access
  const hosts: string[] = []
  const addressesOf = async (host: string): Promise<{ values: string[] }> => {
    hosts.push(host)
    return { values: ['127.0.0.1'] }
  }
  const signal = new AbortController().signal
  assert.deepEqual(await getRecord('ggen.io', { port, ca, allowPrivateAddresses: true, addressesOf }, signal), { state: 'text', text: '{}' })
  assert.deepEqual(hosts, ['ggen.io'], 'asked once')
  assert.deepEqual(domains.names.asked, [])
  const refused = await getRecord('ggen.io', { port, ca, allowPrivateAddresses: false, addressesOf }, signal)
  assert.equal(refused.state, 'unknown')
})

test('name servers in trouble leave the record unknown', async () => {
  const failing = { port: 443, allowPrivateAddresses: false, addressesOf: async () => ({ failed: 'answer ESERVFAIL' }) }
  const fetched = await getRecord('ggen.io', failing, new AbortController().signal)
  assert.deepEqual(fetched, { state: 'unknown', why: 'the name servers answer ESERVFAIL for ggen.io' })
})
