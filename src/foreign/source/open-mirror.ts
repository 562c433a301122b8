import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GgenError } from '#core'
import { FOREIGN_LIMITS, formatLedgerLine, MirrorLedger, type MirrorStore } from '#foreign'
import { hasCode, onFile } from './file-fault.ts'
import { readingFile } from './reading-file.ts'

const DRAFT_MS = 24 * 60 * 60 * 1000

/** The name of everything that belongs to one source on this machine. */
export const mirrorId = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 16)

/** What is remembered of a source in a folder of its own, which is made when something is. Drafts that a killed import left go after a day. */
export const openMirror = async (folder: string, now: () => number = Date.now): Promise<MirrorStore> => {
  const path = join(folder, 'ledger.jsonl')
  const drafts = join(folder, 'drafts')
  const { text, wholeBytes } = await readLedger(path)
  const ledger = MirrorLedger.parse(text)
  await removeOld(drafts, now() - DRAFT_MS)
  let torn = wholeBytes
  let tail: Promise<unknown> = Promise.resolve()
  const write = async (line: string): Promise<void> => {
    if (torn !== undefined) await cut(path, torn)
    torn = undefined
    await append(folder, path, line)
  }
  return {
    ledger,
    note: (line) => {
      const written = tail.then(() => write(formatLedgerLine(line))).then(() => ledger.apply(line))
      tail = Promise.allSettled([written])
      return written
    },
    draft: async (bytes) => {
      const draft = join(drafts, `${randomBytes(8).toString('hex')}.tar.gz`)
      const dispose = async (): Promise<void> => await rm(draft, { force: true })
      try {
        await mkdir(drafts, { recursive: true, mode: 0o700 })
        await using file = await open(draft, 'wx', 0o600)
        for await (const chunk of bytes) await file.writeFile(chunk)
        return { path: draft, read: () => readingFile(draft), [Symbol.asyncDispose]: dispose }
      } catch (error) {
        await dispose()
        throw onFile(error, draft)
      }
    },
  }
}

/** `wholeBytes`: how much of the file are whole lines, where the last one is torn. */
const readLedger = async (path: string): Promise<{ readonly text: string; readonly wholeBytes?: number }> => {
  try {
    const { size } = await stat(path)
    if (size > FOREIGN_LIMITS.logBytes) throw new GgenError('store-broken', `${path} is larger than ${FOREIGN_LIMITS.logBytes} bytes`)
    const bytes = await readFile(path)
    const wholeBytes = bytes.lastIndexOf(0x0a) + 1
    return { text: bytes.toString('utf8'), ...(wholeBytes < bytes.length && { wholeBytes }) }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { text: '' }
    throw onFile(error, path)
  }
}

const cut = async (path: string, bytes: number): Promise<void> => {
  try {
    await using file = await open(path, 'r+')
    await file.truncate(bytes)
  } catch (error) {
    throw onFile(error, path)
  }
}

const append = async (folder: string, path: string, line: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await using file = await open(path, 'a', 0o600)
    await file.writeFile(line)
    await file.sync()
  } catch (error) {
    throw onFile(error, path)
  }
}

const removeOld = async (drafts: string, before: number): Promise<void> => {
  try {
    for (const name of await readdir(drafts)) {
      const path = join(drafts, name)
      if ((await stat(path)).mtimeMs < before) await rm(path, { force: true })
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw onFile(error, drafts)
  }
}
