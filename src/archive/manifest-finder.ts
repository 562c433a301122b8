import { GgenError, LIMITS } from '#core'
import type { ArchiveEntry } from './archive-entry.ts'
import { isManifestFile, type Manifest, type ManifestFile } from './manifest.ts'
import { asksForInstallScripts } from './package-json.ts'
import { chooseManifest, decodeManifest } from './parse-manifest.ts'

/** Notes the manifests of an archive while its entries pass. */
export class ManifestFinder {
  readonly #found = new Map<ManifestFile, Uint8Array>()
  #nativeBuild = false

  /** The same entry, of which a copy is kept while its content is read where it is a manifest. Throws `manifest-invalid` when that is too large. */
  watch(entry: ArchiveEntry): ArchiveEntry {
    const { path } = entry
    if (path === 'binding.gyp') this.#nativeBuild = true
    if (entry.kind !== 'file' || !isManifestFile(path)) return entry
    if (entry.sizeBytes > LIMITS.manifestBytes) {
      throw new GgenError('manifest-invalid', `${path}: it is larger than ${LIMITS.manifestBytes} bytes`, { details: { file: path } })
    }
    return { ...entry, content: this.#copied(path, entry.content) }
  }

  /** The manifest that counts, `scripts` seen as npm would. Throws `manifest-missing`, `manifest-invalid`, `name-invalid`, `version-invalid`. */
  finish(): Manifest {
    const manifest = chooseManifest(this.#found)
    const npm = this.#found.get('package.json')
    const scripts = npm !== undefined && (this.#nativeBuild || manifest.scripts || asksForInstallScripts(decodeManifest('package.json', npm)))
    return { ...manifest, scripts }
  }

  async *#copied(path: ManifestFile, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const part of content) {
      parts.push(part)
      yield part
    }
    this.#found.set(path, Buffer.concat(parts))
  }
}
