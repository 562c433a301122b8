import { shortIdentity } from '#core'
import type { PackageReply, SearchReply, VouchedReply } from '#doors/control'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText, sizeText } from './quantities.ts'
import { fieldsText } from './table.ts'

/** Who answers for something: the short form of a publisher, or the source that names it. */
export const voucherText = ({ identity, source = '' }: { readonly identity?: PackageReply['identity']; readonly source?: string | undefined }): string =>
  identity === undefined ? source : shortIdentity(identity)

/** What an index says of a package, with what people have to know of it: nobody signed it. */
export const vouchedText = (reply: VouchedReply, look: Look): string => {
  const { name, version, source, standing, without, summary, versions } = reply
  const headline = `${look.bold(`${name} ${version}`)}${standing === 'live' ? '' : `  ${look.red(standing)}`}\n`
  const description = plainText(summary.description === '' ? summary.title : summary.description)
  const fields = fieldsText([
    ['source', `${plainText(source)} vouches for its digest; nobody signed it`],
    ['read', staleText(reply)],
    ['author', summary.author],
    ['license', summary.license],
    ['category', summary.category],
    ['tags', summary.tags.join(', ')],
    ['content', reply.sizeBytes === undefined ? undefined : sizeText(reply.sizeBytes)],
    ['digest', reply.digest],
    ['held by', reply.digest === undefined ? undefined : count(reply.holders, 'node')],
    ['versions', versions.map((one) => (one.standing === 'live' ? one.version : `${one.version} (${one.standing})`)).join(', ')],
    without === undefined ? ['install', `ggen install ${name}`] : ['install', `not from there: ${plainText(without)}`],
  ], look)
  return `${headline}${description === '' ? '' : `${description}\n`}\n${fields}`
}

const staleText = ({ asOf }: VouchedReply): string | undefined => asOf === undefined ? undefined : `${momentText(asOf)}; it does not answer now`

/** That an index is shown as it was. */
export const staleRemark = ({ stale }: SearchReply): string | undefined =>
  stale && `${plainText(stale.source)} does not answer: this is what it said ${stale.asOf === undefined ? 'before' : `at ${momentText(stale.asOf)}`}`
