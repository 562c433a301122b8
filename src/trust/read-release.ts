import { type Artifact, digestFromBytes, LIMITS, type OpId, type ReleaseBody, sha512FromBytes, type Summary } from '#core'
import { blobLinkOf, booleanOf, bytesOf, type Fields, fieldsOf, listOf, MAX_COUNT, opLinkOf, packageNameOf, textOf, uintOf, versionOf } from './fields.ts'
import { check } from './op-fault.ts'

const MAX_ARTIFACT_BYTES = 2 ** 32
const MAX_PROVENANCE = 4

const readArtifact = (value: unknown): Artifact => {
  const fields = fieldsOf(value, 'b.artifact', { required: ['size', 'sha256', 'sha512'], optional: ['chunks'] })
  return {
    digest: digestFromBytes(bytesOf(fields['sha256'], 32, 'b.artifact.sha256')),
    sha512: sha512FromBytes(bytesOf(fields['sha512'], 64, 'b.artifact.sha512')),
    sizeBytes: uintOf(fields['size'], MAX_ARTIFACT_BYTES, 'b.artifact.size'),
    ...(Object.hasOwn(fields, 'chunks') && { chunks: opLinkOf(fields['chunks'], 'b.artifact.chunks') }),
  }
}

const readMetadata = (value: unknown): ReleaseBody['metadata'] => {
  const fields = fieldsOf(value, 'b.meta', { required: ['cid', 'size'] })
  return { digest: blobLinkOf(fields['cid'], 'b.meta.cid'), sizeBytes: uintOf(fields['size'], LIMITS.metadataBytes, 'b.meta.size') }
}

const readTag = (value: unknown): string => {
  const tag = textOf(value, LIMITS.tagChars, 'b.sum.tags')
  check(tag !== '', 'schema', 'b.sum.tags holds an empty tag')
  return tag
}

const readSummary = (value: unknown): Summary => {
  const fields = fieldsOf(value, 'b.sum', { required: ['title', 'description', 'tags', 'category', 'license', 'author'] })
  return {
    title: textOf(fields['title'], LIMITS.titleChars, 'b.sum.title'),
    description: textOf(fields['description'], LIMITS.descriptionChars, 'b.sum.description'),
    tags: listOf(fields['tags'], LIMITS.tags, 'b.sum.tags').map(readTag),
    category: textOf(fields['category'], LIMITS.categoryChars, 'b.sum.category'),
    license: textOf(fields['license'], LIMITS.licenseChars, 'b.sum.license'),
    author: textOf(fields['author'], LIMITS.authorChars, 'b.sum.author'),
  }
}

const readProvenance = (fields: Fields): OpId[] => {
  if (!Object.hasOwn(fields, 'prov')) return []
  const provenance = listOf(fields['prov'], MAX_PROVENANCE, 'b.prov').map((link) => opLinkOf(link, 'b.prov'))
  check(provenance.length > 0, 'schema', 'b.prov is empty')
  return provenance
}

/** Reads the body of a release. */
export const readReleaseBody = (value: unknown): ReleaseBody => {
  const fields = fieldsOf(value, 'b', {
    required: ['roles', 'name', 'version', 'kind', 'artifact', 'meta', 'sum', 'scripts', 'bins', 'deps'],
    optional: ['prov'],
  })
  check(fields['kind'] === 'tgz', 'schema', 'b.kind is not tgz')
  return {
    roles: opLinkOf(fields['roles'], 'b.roles'),
    name: packageNameOf(fields['name'], 'b.name'),
    version: versionOf(fields['version'], 'b.version'),
    kind: 'tgz',
    artifact: readArtifact(fields['artifact']),
    metadata: readMetadata(fields['meta']),
    summary: readSummary(fields['sum']),
    scripts: booleanOf(fields['scripts'], 'b.scripts'),
    bins: uintOf(fields['bins'], MAX_COUNT, 'b.bins'),
    dependencies: uintOf(fields['deps'], MAX_COUNT, 'b.deps'),
    provenance: readProvenance(fields),
  }
}
