import { createReadStream } from 'node:fs'
import { copyFile, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryHub } from '#network'
import { openRegistries } from '#node'
import { openMarketplace, realCatalogue, realFile, TestClock, type TestMarketplace } from '#testing'

/** Puts the newest catalogue of the real marketplace with its archives, and two real locks of its users, into a project; again is fine. */
export const bringMarketplace = async (project: string): Promise<void> => {
  const folder = join(project, 'marketplace')
  await mkdir(folder, { recursive: true })
  await copyFile(realCatalogue('main-3cc10e50'), join(folder, 'index.json'))
  await cp(realFile('catalog-v2/archives'), join(folder, 'archives'), { recursive: true })
  for (const [place, file] of [['verify', 'examples__ggen-cli-verify__ggen.lock'], ['receipts', 'examples__receiptctl__ggen.lock']] as const) {
    await mkdir(join(project, place), { recursive: true })
    await copyFile(realFile(join('locks', file)), join(project, place, 'ggen.lock'))
  }
}

/** A node that nobody has told anything: what it knows is in the registries that it is told of, and what it publishes are archives on the disk. */
export const openBare = async (home: string): Promise<TestMarketplace> => {
  const clock = new TestClock()
  const registry = {
    mode: 'hybrid', prefer: 'central-first', centralUrl: undefined, centralIsPrivate: false, token: undefined, tokens: new Map(), privateNames: [],
    timeoutMs: 5000, retries: 3, cachePackages: 1000, cacheTtlMs: 300_000,
  } as const
  return await openMarketplace({
    hub: memoryHub({ clock }), clock, registries: openRegistries({ registry, isNetworkPrivate: false, home }),
    openSource: async (path) => ({ kind: 'archive', chunks: createReadStream(path) }),
  })
}
