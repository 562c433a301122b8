import type { FileHandle } from 'node:fs/promises'
import { type FileSystem, nodeFileSystem } from './file-system.ts'

/** One call on the file system: its name and what it was about, paths first. */
export interface FileCall {
  readonly name: string
  readonly paths: readonly string[]
}

/** Asked before every call; what it throws is what the call fails with. */
export type CallGate = (call: FileCall) => void

/** The real file system behind a gate that sees every call, also those on open files, and may let it fail. */
export const gatedFileSystem = (gate: CallGate): FileSystem => {
  const gated = <K extends Exclude<keyof FileSystem, 'open'>>(name: K): FileSystem[K] => {
    const call = async (...values: unknown[]): Promise<unknown> => {
      gate({ name, paths: values.filter((value) => typeof value === 'string') })
      return Reflect.apply(nodeFileSystem[name], undefined, values) as unknown
    }
    return call as unknown as FileSystem[K]
  }
  const open: FileSystem['open'] = async (path, ...more) => {
    gate({ name: 'open', paths: [String(path)] })
    return gatedHandle(await nodeFileSystem.open(path, ...more), String(path), gate)
  }
  const [mkdir, readdir, rename] = [gated('mkdir'), gated('readdir'), gated('rename')]
  return { lstat: gated('lstat'), mkdir, readdir, rename, statfs: gated('statfs'), unlink: gated('unlink'), open }
}

/** Closing always happens, and may then fail: as when a full disk is noticed at the last moment. */
const gatedHandle = (handle: FileHandle, path: string, gate: CallGate): FileHandle =>
  new Proxy(handle, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target)
      if (typeof value !== 'function') return value
      return async (...values: unknown[]): Promise<unknown> => {
        const name = property === Symbol.asyncDispose ? 'close' : String(property)
        if (name === 'close') await target.close()
        gate({ name, paths: [path] })
        return name === 'close' ? undefined : (Reflect.apply(value, target, values) as unknown)
      }
    },
  })

/** A gate that lets the n-th call fail, counted from 1, and all later ones while `forEver`. */
export const failingFrom = (nth: number, error: () => Error, forEver = false): CallGate & { readonly calls: () => number } => {
  let count = 0
  const gate: CallGate = () => {
    count += 1
    if (count === nth || (forEver && count > nth)) throw error()
  }
  return Object.assign(gate, { calls: () => count })
}
