import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { packArchive } from '#archive'
import { digestOf } from '#core'

/** A package of an index: its name, its version, and its archive. */
export type ForeignPack = readonly [name: string, version: string, bytes: Uint8Array]

/** What else a manifest says. */
export interface ForeignManifest {
  /** What it depends on. */
  readonly needs?: Readonly<Record<string, string>>
  readonly license?: string
}

/** An archive with nothing but a manifest. */
export const foreignArchive = async (name: string, version: string, { needs = {}, license = 'none' }: ForeignManifest = {}): Promise<Uint8Array> => {
  const lines = Object.entries(needs).map(([need, range]) => `${JSON.stringify(need)} = "${range}"\n`).join('')
  const about = `[package]\nname = "${name}"\nversion = "${version}"\nlicense = "${license}"\ndescription = "the pack ${name}"\n`
  const text = `${about}${lines === '' ? '' : `[dependencies]\n${lines}`}`
  const file = { path: 'ggen.toml', executable: false, sizeBytes: Buffer.byteLength(text), content: async function* () { yield Buffer.from(text) } }
  return Buffer.concat(await Array.fromAsync(packArchive([file])))
}

const fileOf = ([name, version]: ForeignPack): string => `${name}-${version}.tar.gz`

/** Indexes of the three shapes that name the same packages; their addresses are beside the index. */
export const FOREIGN_SHAPES = {
  catalog: (packs: readonly ForeignPack[]) => ({
    schema: 'https://ggen.dev/marketplace/catalog/v2', marketplace_version: '1',
    packs: packs.map((pack) => ({ ...described(pack), digest: digestOf(pack[2]), size_bytes: pack[2].length, download_url: fileOf(pack) })),
  }),
  gpack: (packs: readonly ForeignPack[]) => ({
    packs: Object.fromEntries([...Map.groupBy(packs, ([name]) => name)].map(([name, versions]) => [name, {
      id: name, name, description: `the pack ${name}`, latest_version: versions.at(-1)?.[1],
      versions: Object.fromEntries(versions.map((pack) => [pack[1], { version: pack[1], sha256: hexOf(pack), download_url: fileOf(pack) }])),
    }])),
  }),
  marketplace: (packs: readonly ForeignPack[]) => ({
    version: '1', packages: packs.map((pack) => ({ ...described(pack), checksum: hexOf(pack), download_url: fileOf(pack), dependencies: [] })),
  }),
} as const

const described = ([name, version]: ForeignPack): object => ({ name, version, description: `the pack ${name}` })
const hexOf = ([, , bytes]: ForeignPack): string => digestOf(bytes).slice('sha256:'.length)

/** A folder as somebody brings it: an index, and archives beside it. */
export const bringIndex = async (folder: string, packs: readonly ForeignPack[], shape: keyof typeof FOREIGN_SHAPES = 'catalog'): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const pack of packs) await writeFile(join(folder, fileOf(pack)), pack[2])
  await writeFile(join(folder, 'index.json'), JSON.stringify(FOREIGN_SHAPES[shape](packs)))
}

/** A folder over HTTP, as any web server gives its files. */
export interface FolderServer extends AsyncDisposable {
  readonly url: string
  /** The paths that were asked for. */
  readonly asked: string[]
  /** What it answers instead of files; absent: files. */
  status?: number
}

export const serveFolder = async (folder: string): Promise<FolderServer> => {
  const asked: string[] = []
  const answer = async ({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(url)
    if (made.status !== undefined) return void response.writeHead(made.status).end()
    try {
      response.end(await readFile(join(folder, url.replaceAll('..', ''))))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      response.writeHead(404).end('<html>no such file</html>')
    }
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const made: FolderServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return made
}
