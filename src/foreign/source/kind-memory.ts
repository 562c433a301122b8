import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GgenError } from '#core'
import { hasCode, onFile } from './file-fault.ts'

const KINDS = ['ours', 'foreign'] as const

/** Of what kind the server at an address is, in a file of a folder; it is durable when `note` resolves. Each throws `store-broken` and `disk-full`. */
export const openKindMemory = (folder: string, address: string) => {
  const path = join(folder, createHash('sha256').update(address).digest('hex').slice(0, 16))
  return {
    read: async (): Promise<(typeof KINDS)[number] | undefined> => {
      try {
        const text = await readFile(path, 'utf8')
        const kind = KINDS.find((one) => text === `${one}\n`)
        if (kind !== undefined) return kind
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined
        throw onFile(error, path)
      }
      throw new GgenError('store-broken', `${path} does not say of what kind a registry is`, { hint: 'remove it: it is written anew' })
    },
    note: async (kind: (typeof KINDS)[number]): Promise<void> => {
      const draft = `${path}.${randomBytes(6).toString('hex')}`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await using file = await open(draft, 'wx', 0o600)
        await file.writeFile(`${kind}\n`)
        await file.sync()
        await rename(draft, path)
      } catch (error) {
        await rm(draft, { force: true })
        throw onFile(error, path)
      }
    },
  }
}
