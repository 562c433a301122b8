import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Files, nearestKey, readFiles, type ShownSetting, showSettings, toConfig } from '#config'
import { GgenError, isGgenError } from '#core'
import type { TakenSetting } from '#doors/control'
import type { Context, Run } from './context.ts'
import type { ComparedSetting, ConfigFilesReply } from './outcome.ts'

const begins = (key: string, word: string): boolean => key === word || key.startsWith(`${word}.`)

const unknownKey = (word: string): GgenError => {
  const meant = nearestKey(word)
  return new GgenError('usage', `no setting begins with ${word}`, { hint: meant === undefined ? 'ggen config show lists every key' : `did you mean ${meant}?` })
}

/** What the running node has; nothing where none runs. One that does not say is no reason not to show the rest. */
const takenByNode = async ({ client, deadline, say }: Context): Promise<readonly TakenSetting[]> => {
  try {
    return (await client.settings(deadline.signal)).settings
  } catch (error) {
    if (!isGgenError(error)) throw error
    if (error.code !== 'daemon-not-running') say(`the running node does not say what it has: ${error.message}`)
    return []
  }
}

const comparing =
  (taken: readonly TakenSetting[]) =>
  (setting: ShownSetting): ComparedSetting => {
    const other = setting.by === 'node' ? taken.find(({ key }) => key === setting.key) : undefined
    if (other === undefined || isDeepStrictEqual(other.value, setting.value)) return setting
    const { value, from } = other
    return { ...setting, running: { ...(value !== undefined && { value }), from } }
  }

/**
 * `ggen config show`: every setting as commands of this folder have it, or those whose key begins with a word, and where the running node has another one.
 * Throws `usage` for a word that begins none.
 */
export const showConfig =
  ({ keys, withOrigin }: { readonly keys: readonly string[]; readonly withOrigin: boolean }): Run =>
  async (context) => {
    const { environment, places } = context
    const { settings, remarks } = showSettings({ flags: {}, env: environment.env, files: await readFiles(environment, places) })
    const stray = keys.find((word) => !settings.some(({ key }) => begins(key, word)))
    if (stray !== undefined) throw unknownKey(stray)
    const wanted = settings.filter(({ key }) => keys.length === 0 || keys.some((word) => begins(key, word)))
    return { kind: 'settings', value: { settings: wanted.map(comparing(await takenByNode(context))), remarks }, withOrigin }
  }

const filesOf = ({ config, older, project }: Files, { places }: Context): ConfigFilesReply['files'] => {
  const user = [places.configPath, places.olderConfigPath].map((path) => ({ path, exists: config?.path === path || older?.path === path }))
  return [...user, ...(project === undefined ? [] : [{ path: project.path, exists: true }])]
}

/** `ggen config validate`: reads everything, or a file in place of that of the user. Throws what is wrong. */
export const validateConfig =
  (file: string | undefined): Run =>
  async (context) => {
    const { environment, places } = context
    const named = file === undefined ? undefined : resolve(environment.platform.workingFolder, file)
    const files = await readFiles(environment, places, named)
    const { remarks } = toConfig({ flags: {}, env: environment.env, platform: environment.platform, files })
    const read = named === undefined ? filesOf(files, context).filter(({ exists }) => exists) : [{ path: named, exists: true }]
    return { kind: 'config-read', value: { files: read, remarks } }
  }

/** `ggen config path`: the files of the user, and that of the project around this folder where there is one. */
export const showConfigPath = (): Run => async (context) => {
  const files = await readFiles(context.environment, context.places)
  return { kind: 'config-path', value: { files: filesOf(files, context) } }
}
