import { CENTRAL_LIMITS, ERRORS, isOpId, LIMITS } from '#core'
import { z } from 'zod'

/** Every message of docs/protocol/central.md; what is read, what is answered and `GET /openapi.json` all come from here. */

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/).meta({ description: 'of a blob: sha256: and 64 hexadecimal digits' })
const opId = z.string().meta({ description: 'id of a signed record' })
const record = z.base64().max(Math.ceil(LIMITS.opBytes / 3) * 4).meta({ description: 'envelope of a signed record' })
const standing = z.enum(['live', 'deprecated', 'yanked', 'withdrawn', 'disputed'])
const seconds = z.int().meta({ description: 'Unix seconds, publisher\'s clock' })
const hex = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)

export const failure = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(ERRORS) as [keyof typeof ERRORS]), message: z.string(), hint: z.string(), details: z.record(z.string(), z.unknown()).optional(),
  }),
})

export const health = z.strictObject({
  status: z.literal('ready'), version: z.string(), peerId: z.string(), ops: count,
  fingerprint: z.string().meta({ description: 'equal where the same records are held' }),
})

export const readiness = z.strictObject({ status: z.enum(['ready', 'stopping']) })

export const packageDocument = z.strictObject({
  name: z.string(),
  records: z.array(record),
  packages: z.array(z.strictObject({
    identity: opId,
    versions: z.array(z.strictObject({ version: z.string(), digest, sizeBytes: count, standing, publishedAt: seconds, op: opId })),
  })),
  left: count.exactOptional().meta({ description: 'publishers for whom there was no room' }),
})

const text = z.string().max(LIMITS.queryChars)

export const searchQuestion = z.strictObject({
  q: text.exactOptional(),
  category: text.exactOptional(),
  tags: text.exactOptional().meta({ description: 'separated by commas; all must be there' }),
  author: text.exactOptional(),
  license: text.exactOptional(),
  publisher: opId.refine(isOpId, 'is no identity').exactOptional().meta({ description: 'identity of the publisher' }),
  kind: text.exactOptional().meta({ description: 'of its archive, such as tgz' }),
  scripts: z.enum(['true', 'false']).transform((said) => said === 'true').exactOptional().meta({ description: 'whether it asks for install scripts' }),
  since: z.string().regex(/^\d{1,15}$/).transform(Number).exactOptional().meta({ description: 'released then or later, Unix seconds' }),
  limit: z.string().regex(/^\d{1,3}$/).transform(Number).pipe(z.int().min(1).max(CENTRAL_LIMITS.searchHits)).exactOptional(),
  cursor: z.string().max(LIMITS.cursorChars).exactOptional(),
})

export const searchAnswer = z.strictObject({
  total: count,
  results: z.array(z.strictObject({
    name: z.string(), version: z.string(), identity: opId, description: z.string(), category: z.string(), tags: z.array(z.string()), score: z.number(),
  })),
  records: z.array(record),
  next: z.string().exactOptional(),
})

export const catalog = z.strictObject({
  schema: z.literal('https://ggen.dev/marketplace/catalog/v2'),
  marketplace_version: z.string(),
  packs: z.array(z.strictObject({
    description: z.string(), digest, download_url: z.url(), manifest_sha256: hex, name: z.string(), native_gates: count, ontology_files: count,
    ontology_fingerprint_sha256: hex, path: z.string(), profile: z.enum(['project', 'projection', 'semantic']), size_bytes: count, templates: count,
    verifier_gates: count, version: z.string(),
  })),
})

export const stored = z.strictObject({ digest, sizeBytes: count })

export const publishQuestion = z.strictObject({ records: z.array(record).min(1).max(CENTRAL_LIMITS.opsPerPublish) })

export const publishAnswer = z.strictObject({ accepted: z.array(opId), known: z.array(opId) })

export type Catalog = z.infer<typeof catalog>
export type CatalogRecord = Catalog['packs'][number]
export type PackageDocument = z.infer<typeof packageDocument>

/** What can be answered with one status. */
interface Answer {
  readonly says: string
  /** Absent: not JSON, or without a body. */
  readonly json?: z.ZodType
  readonly type?: string
}

/** A way to ask, as both the server and `GET /openapi.json` know it. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST'
  /** Parameters as `:name`. */
  readonly path: string
  readonly says: string
  readonly needsToken?: true
  readonly query?: z.ZodObject
  readonly body?: z.ZodType | 'bytes'
  readonly answers: Readonly<Record<number, Answer>>
}

const BYTES = 'application/octet-stream'
const bytes = (says: string): Answer => ({ says, type: BYTES })
const notModified: Answer = { says: 'it is as it was' }

export const ROUTES = {
  health: { method: 'GET', path: '/v1/health', says: 'Is it there?', answers: { 200: { says: 'it is', json: health } } },
  ready: {
    method: 'GET', path: '/v1/ready', says: 'Should a balancer send requests here?',
    answers: { 200: { says: 'yes', json: readiness }, 503: { says: 'no', json: readiness } },
  },
  metrics: { method: 'GET', path: '/metrics', says: 'How is it doing?', answers: { 200: { says: 'in the format of Prometheus', type: 'text/plain' } } },
  openApi: { method: 'GET', path: '/openapi.json', says: 'How is it asked?', answers: { 200: { says: 'this document', json: z.looseObject({}) } } },
  catalog: {
    method: 'GET', path: '/index.json', says: 'The catalog, version 2', answers: { 200: { says: 'one record for each name', json: catalog }, 304: notModified },
  },
  package: {
    method: 'GET', path: '/v1/packages/:name', says: 'All that is known of a name, and everything it takes to judge it',
    answers: { 200: { says: 'records of all who publish under it', json: packageDocument }, 304: notModified },
  },
  search: {
    method: 'GET', path: '/v1/search', says: 'Packages that match', query: searchQuestion, answers: { 200: { says: 'best first', json: searchAnswer } },
  },
  op: { method: 'GET', path: '/v1/ops/:id', says: 'One signed record', answers: { 200: bytes('its envelope'), 304: notModified } },
  blob: {
    method: 'GET', path: '/v1/blobs/:digest', says: 'The bytes of an archive or of a metadata document',
    answers: { 200: bytes('all of them'), 206: bytes('those of the range'), 304: notModified, 416: { says: 'the range is outside', json: failure } },
  },
  blobHead: { method: 'HEAD', path: '/v1/blobs/:digest', says: 'Whether they are here, and how many', answers: { 200: { says: 'they are' } } },
  store: {
    method: 'PUT', path: '/v1/blobs/:digest', says: 'Stores the bytes of an archive', needsToken: true, body: 'bytes',
    answers: { 200: { says: 'they were here', json: stored }, 201: { says: 'they are on the disk', json: stored } },
  },
  publish: {
    method: 'POST', path: '/v1/ops', says: 'Stores signed records for good', needsToken: true, body: publishQuestion,
    answers: { 200: { says: 'all of them are kept', json: publishAnswer } },
  },
} as const satisfies Readonly<Record<string, Route>>

export type RouteName = keyof typeof ROUTES
