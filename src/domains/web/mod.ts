export { type DomainRecordsOptions, openDomainRecords } from './open-domain-records.ts'
