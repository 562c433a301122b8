import type { AskedRegistries } from '#core'
import { readSettings, type SettingsSources } from './read-settings.ts'

/**
 * Whom a project or the environment of a command wants asked; nothing where neither says anything of it: then the settings of the node count, which may have
 * been started with others. Throws as `readSettings` does.
 */
export const askedRegistries = ({ env, files: { dotGgen, project, ...others } }: Omit<SettingsSources, 'flags'>): AskedRegistries | undefined => {
  const around = project === undefined ? {} : { project }
  const { origins } = readSettings({ flags: {}, env, files: { dotGgen, ...around } })
  if (origins.mode.kind === 'default' && origins.prefer.kind === 'default') return undefined
  const { mode, prefer = 'central-first' } = readSettings({ flags: {}, env, files: { dotGgen, ...others, ...around } }).values
  return mode === 'p2p' || mode === 'central' ? mode : { prefer }
}
