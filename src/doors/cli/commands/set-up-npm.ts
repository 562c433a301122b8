import { join } from 'node:path'
import { GgenError } from '#core'
import type { Context, Run } from './context.ts'
import type { NpmSetUpWish } from './npm-clients.ts'
import type { NpmSetUpReply } from './outcome.ts'
import { type NpmSettingsPlace, type PlannedSettings, planSetUp, planTakeOut } from './plan-npm-settings.ts'
import type { SettingsFile } from './world.ts'

interface OpenSettings extends PlannedSettings {
  readonly place: NpmSettingsPlace
  readonly file: SettingsFile
}

/** The rights of a new file: a token is for the user alone. */
const MODES = { user: 0o600, project: 0o644 } as const
const MANIFEST_BYTES = 8 * 1024 * 1024

const isThere = async ({ world }: Context, path: string): Promise<boolean> => (await (await world.openSettingsFile(path)).read()) !== undefined

/** What a package.json says; `undefined`: there is none, or npm could not read it either. */
const manifestIn = async ({ world }: Context, folder: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
  try {
    return Object(JSON.parse(Buffer.from(await world.readFile(join(folder, 'package.json'), MANIFEST_BYTES)).toString())) as Record<string, unknown>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    if (error instanceof GgenError && error.code === 'path-not-found') return undefined
    throw error
  }
}

/** The files of these clients, of the project in the working folder or of the user. Throws `usage` for a project where none is. */
const placesOf = async (context: Context, { whose, clients }: NpmSetUpWish): Promise<readonly NpmSettingsPlace[]> => {
  const { platform: { workingFolder, userFolder }, env } = context.environment
  const manifest = whose === 'user' ? undefined : await manifestIn(context, workingFolder)
  if (whose === 'project' && manifest === undefined) {
    throw new GgenError('usage', 'there is no package.json here', { hint: 'go to the folder of the project, or set it up for yourself with --user' })
  }
  const place = { whose: manifest === undefined ? 'user' : 'project' } as const
  const folder = manifest === undefined ? userFolder : workingFolder
  const named = Object.entries(env).find(([name]) => name.toLowerCase() === 'npm_config_userconfig')?.[1]
  const npmrc = { ...place, kind: 'npmrc', path: manifest === undefined && named !== undefined && named !== '' ? named : join(folder, '.npmrc') } as const
  const yarnrc = { ...place, kind: 'yarnrc', path: join(folder, '.yarnrc.yml') } as const
  const manager = manifest?.['packageManager']
  const isYarn = typeof manager === 'string' && /^yarn@(?!1\.)/.test(manager)
  const wantsYarn = clients?.includes('yarn') ?? (isYarn || (await isThere(context, yarnrc.path)))
  // Yarn 1 reads the one, later ones the other; which of them will be run, nobody can know.
  return wantsYarn ? [npmrc, yarnrc] : [npmrc]
}

type Plan = (place: NpmSettingsPlace, before: Uint8Array | undefined) => PlannedSettings

const openAll = async ({ world }: Context, places: readonly NpmSettingsPlace[], plan: Plan): Promise<readonly OpenSettings[]> =>
  await Promise.all(places.map(async (place) => {
    const file = await world.openSettingsFile(place.path)
    return { place, file, ...plan(place, await file.read()) }
  }))

const replyOf = (state: NpmSetUpReply['state'], files: readonly OpenSettings[], scopes: readonly string[]): NpmSetUpReply => ({
  state,
  whose: files[0]?.place.whose ?? 'user',
  files: files.filter(({ changes }) => changes.length > 0).map(({ file: { path }, changes }) => ({ path, changes })),
  apart: [...new Set(files.flatMap(({ apart }) => apart))],
  scopes,
})

/** Shows what shall be written, and writes it when somebody has agreed. */
const apply = async (
  context: Context, files: readonly OpenSettings[], { wish: { yes, dryRun }, scopes, command }: How,
): Promise<NpmSetUpReply> => {
  const { ask, show, deadline } = context
  const changed = files.filter(({ changes }) => changes.length > 0)
  if (changed.length === 0 || dryRun === true) return replyOf(changed.length === 0 ? 'unchanged' : 'planned', files, scopes)
  show({ kind: 'npm-set-up', value: replyOf('planned', files, []) })
  if (yes !== true) {
    if (ask === undefined) throw new GgenError('usage', 'nobody is here to agree to what would be written', { hint: `say that you want it: ${command} --yes` })
    deadline.lift()
    const answer = await ask.visible('write that? [y/N] ', deadline.signal)
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new GgenError('cancelled', 'nothing was written')
  }
  for (const { file, before, after, place: { whose } } of changed) await file.replace({ before, after, mode: MODES[whose] })
  return replyOf('written', files, scopes)
}

interface How {
  readonly wish: NpmSetUpWish
  /** Scopes that the node knows a registry for. */
  readonly scopes: readonly string[]
  /** As it was typed. */
  readonly command: string
}

/** `ggen npm setup`: writes the lines that lead npm, pnpm, yarn and bun through the node. */
export const setUpNpm = (wish: NpmSetUpWish): Run => async (context) => {
  const door = await context.client.npm(context.deadline.signal)
  const variables = context.environment.env
  const files = await openAll(context, await placesOf(context, wish), (place, before) => planSetUp(place, before, { door, variables }))
  const scopes = door.scopes.map(({ scope }) => scope)
  return { kind: 'npm-set-up', value: await apply(context, files, { wish, scopes, command: 'ggen npm setup' }) }
}

/** `ggen npm unsetup`: gives back what was there before. Needs no node. */
export const takeOutNpm = (wish: NpmSetUpWish): Run => async (context) => {
  const files = await openAll(context, await placesOf(context, { ...wish, clients: ['yarn'] }), planTakeOut)
  return { kind: 'npm-taken-out', value: await apply(context, files, { wish, scopes: [], command: 'ggen npm unsetup' }) }
}
