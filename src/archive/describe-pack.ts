import { createHash } from 'node:crypto'
import { LIMITS } from '#core'
import type { ArchiveEntry } from './archive-entry.ts'
import { tooLarge } from './archive-fault.ts'
import { isManifestFile, type ManifestFile } from './manifest.ts'
import { ManifestFinder } from './manifest-finder.ts'
import { readArchive } from './read-archive.ts'

/** What ggen's own catalog says of an archive beside its name, version and bytes. Counts are of files. */
export interface PackFacts {
  /** Of the manifest, without white space at its ends. */
  readonly description: string
  /** `project`: it is one that can be run · `projection`: it has templates · `semantic`: it is knowledge alone. */
  readonly profile: 'project' | 'projection' | 'semantic'
  /** Hexadecimal, of the bytes of the manifest that describes the package. */
  readonly manifestSha256: string
  readonly ontologyFiles: number
  /** Hexadecimal, over paths and contents of those files. */
  readonly ontologySha256: string
  readonly templates: number
  readonly nativeGates: number
  readonly verifierGates: number
}

/**
 * Reads a whole archive once, under the archive profile. The rules are those by which ggen's marketplace makes its catalog (docs/protocol/central.md).
 * Throws what reading an archive and its manifest throws, and `archive-too-large` for ontologies of more than `LIMITS.ontologyBytes`.
 */
export const describePack = async (chunks: AsyncIterable<Uint8Array>, options: { readonly signal?: AbortSignal } = {}): Promise<PackFacts> => {
  const tally = new Tally()
  for await (const entry of readArchive(chunks, options)) if (entry.kind === 'file') await tally.add(entry)
  return tally.finish()
}

class Tally {
  readonly #finder = new ManifestFinder()
  readonly #manifests = new Map<ManifestFile, string>()
  readonly #ontologies = new Map<string, Uint8Array>()
  readonly #paths: string[] = []
  #ontologyBytes = 0

  async add(entry: ArchiveEntry): Promise<void> {
    const { path } = entry
    this.#paths.push(path)
    const isManifest = isManifestFile(path)
    if (!isManifest && !isOntology(path)) return
    if (isOntology(path)) this.#reserve(entry.sizeBytes)
    const content = Buffer.concat(await Array.fromAsync(this.#finder.watch(entry).content))
    if (isManifest) this.#manifests.set(path, createHash('sha256').update(content).digest('hex'))
    else this.#ontologies.set(path, content)
  }

  finish(): PackFacts {
    const { format, description } = this.#finder.finish()
    const templates = this.#count((path) => path.startsWith('templates/'))
    const gates = (ending: string): number => this.#count((path) => path.startsWith('gates/') && path.endsWith(ending))
    return {
      description: description.trim(),
      profile: this.#manifests.has('ggen.toml') ? 'project' : templates > 0 ? 'projection' : 'semantic',
      manifestSha256: this.#manifests.get(format) ?? '',
      ontologyFiles: this.#ontologies.size,
      ontologySha256: fingerprint(this.#ontologies),
      templates,
      nativeGates: gates('.rq'),
      verifierGates: gates('.py'),
    }
  }

  #reserve(sizeBytes: number): void {
    this.#ontologyBytes += sizeBytes
    if (this.#ontologyBytes > LIMITS.ontologyBytes) throw tooLarge(`its ontologies have more than ${LIMITS.ontologyBytes} bytes`, LIMITS.ontologyBytes)
  }

  #count(isMeant: (path: string) => boolean): number {
    return this.#paths.filter((path) => isMeant(path) && !isHidden(path)).length
  }
}

const isOntology = (path: string): boolean => path.endsWith('.ttl') && (!path.includes('/') || path.startsWith('ontology/'))

/** What a program left behind is no part of a pack. */
const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') || part === '__pycache__')

/** Lengths stand before what they belong to, so that nothing can move from one file into the next. */
const fingerprint = (files: ReadonlyMap<string, Uint8Array>): string => {
  const hash = createHash('sha256')
  for (const [path, content] of [...files].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const name = Buffer.from(path)
    hash.update(lengthOf(name)).update(name).update(lengthOf(content)).update(content)
  }
  return hash.digest('hex')
}

const lengthOf = (bytes: Uint8Array): Uint8Array => {
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(bytes.length))
  return length
}
