import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { memoryFolder } from '#archive'
import { isGgenError } from '#core'
import type { PublishSource } from '#flow/publish'
import { memoryHub } from '#network'
import { openCatalogue, openPackageSearch } from '#store/disk'
import { openMarketplace, realArchives, realFolders, TestClock, type TestMarketplace } from '#testing'

/** The younger state of the older marketplace. */
const SNAPSHOT = '2026-06-17-b0962a68'
const HOUR_MS = 3_600_000

const folderSource = async (path: string): Promise<PublishSource> => {
  const entries = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const files = entries.map((entry) => join(entry.parentPath, entry.name))
  const contents = files.map(async (file) => [relative(path, file), await readFile(file)] as const)
  return { kind: 'folder', tree: memoryFolder(Object.fromEntries(await Promise.all(contents))) }
}

const archiveSource = async (path: string): Promise<PublishSource> => ({ kind: 'archive', chunks: ReadableStream.from([await readFile(path)]) })

/** Some of the folders are no packages by our rules, and some archives give a version other bytes; `test/end-to-end/real-packages.test.ts` says which. */
const publish = async ({ publishFrom }: TestMarketplace, source: PublishSource): Promise<void> => {
  try {
    await publishFrom(source, 'the ggen community')
  } catch (error) {
    if (!isGgenError(error)) throw error
  }
}

/**
 * A marketplace that holds the real packages, one published each hour by one publisher, with a catalogue on the disk below `folder` and the real search
 * over it. Time and keys are the same in every run, so that answers are. Needs the data folder: look at `noRealPackages` first.
 */
export const openRealMarketplace = async (folder: string): Promise<TestMarketplace> => {
  await using open = new AsyncDisposableStack()
  const clock = new TestClock()
  const path = join(folder, 'catalogue.db')
  const catalogue = open.use(openCatalogue(path))
  const node = open.use(await openMarketplace({ hub: memoryHub({ clock }), clock, index: { catalogue, search: openPackageSearch(path) } }))
  const folders = (await realFolders(SNAPSHOT)).map((place) => () => folderSource(place))
  const archives = (await realArchives()).map((place) => () => archiveSource(place))
  for (const source of [...folders, ...archives]) {
    await publish(node, await source())
    clock.advance(HOUR_MS)
  }
  const opened = open.move()
  return { ...node, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
