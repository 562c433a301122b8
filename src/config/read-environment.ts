import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { GgenError } from '#core'
import type { ConfigFile, Environment } from './environment.ts'

const CONFIG_FILE_BYTES = 256 * 1024

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

const readText = (path: string): string | undefined => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new GgenError('config-invalid', `${path}: cannot be read (${codeOf(error)})`, { cause: error })
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new GgenError('config-invalid', `${path}: is not a file`)
    if (stat.size > CONFIG_FILE_BYTES) throw new GgenError('config-invalid', `${path}: is larger than ${CONFIG_FILE_BYTES} bytes`)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

const readConfigFile = async (path: string): Promise<ConfigFile | undefined> => {
  const text = readText(path)
  if (text === undefined) return undefined
  const { parse, TomlError } = await import('smol-toml')
  try {
    return { path, table: parse(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const complaint = error.message.split('\n')[0] ?? ''
    throw new GgenError('config-invalid', `${path}:${error.line}:${error.column}: ${complaint}`, { cause: error })
  }
}

const workingFolder = (): string => {
  try {
    return process.cwd()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    throw new GgenError('path-not-found', 'the folder in which you are does not exist any more', { cause: error, hint: 'change to another folder' })
  }
}

/**
 * The environment of this process: the only place that reads variables and configuration files. Throws `path-not-found` in a
 * working folder that was removed.
 */
export const readEnvironment = (): Environment => {
  const userFolder = homedir()
  const userId = process.getuid?.()
  return {
    env: process.env,
    platform: {
      os: process.platform,
      userFolder,
      tempFolder: tmpdir(),
      workingFolder: workingFolder(),
      ...(userId !== undefined && { userId }),
    },
    dotGgen: existsSync(join(userFolder, '.ggen')),
    readConfigFile,
  }
}
