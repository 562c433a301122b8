import { openDomainRecords } from '#domains/web'
import { TestDomains } from '#testing'
import { domainRecordsConformance } from './domain-records.conformance.ts'
import { MemoryDomainRecords } from './memory-domain-records.ts'

domainRecordsConformance('the memory twin', async () => {
  const records = new MemoryDomainRecords()
  return { records, publish: (domain, record) => records.publish(domain, record) }
})

domainRecordsConformance('HTTPS and DNS', async (context) => {
  const domains = await TestDomains.start()
  context.after(() => domains[Symbol.asyncDispose]())
  return { records: openDomainRecords(domains.access), publish: (domain, record) => domains.publish(domain, record) }
})
