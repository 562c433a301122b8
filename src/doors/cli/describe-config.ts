import type { JsonValue } from '#doors/control'
import type { ComparedSetting, ConfigFilesReply, SettingsReply } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { tableText } from './table.ts'

const valueText = (value: JsonValue | undefined): string => {
  if (value === undefined) return '-'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const originText = ({ from, idle }: ComparedSetting): string => {
  const origin = from.kind === 'default' ? 'default' : from.name
  return idle === undefined ? origin : `${origin}; no effect: ${idle.replaceAll('`', '')}`
}

/** Where what the node has comes from is shown where it is an option: that is in no file. */
const runningText = ({ running }: ComparedSetting): string => {
  if (running === undefined) return ''
  return `${valueText(running.value)}${running.from.kind === 'option' ? ` (${running.from.name})` : ''}`
}

/** One line for each setting. */
export const settingsText = ({ settings }: SettingsReply, look: Look, withOrigin: boolean): string =>
  tableText(
    settings,
    [
      { title: 'KEY', cell: ({ key }) => key },
      { title: 'VALUE', cell: ({ value }) => valueText(value) },
      ...(settings.some(({ running }) => running !== undefined) ? [{ title: 'RUNNING NODE', cell: runningText }] : []),
      ...(withOrigin ? [{ title: 'FROM', cell: originText }] : []),
    ],
    look,
  )

/** What is configured and has no effect; of settings also what has none yet. */
export const settingsRemark = ({ remarks, settings = [] }: Pick<SettingsReply, 'remarks'> & Partial<SettingsReply>): string | undefined => {
  const differs = settings.some(({ running }) => running !== undefined)
  const all = [...remarks.map(plainText), ...(differs ? ['the running node took other settings when it started; restart it to apply these'] : [])]
  return all.length === 0 ? undefined : all.join('\n')
}

/** What was read without a complaint. */
export const configReadText = ({ files }: ConfigFilesReply): string =>
  `everything that is configured can be right${files.length === 0 ? ', and there is no file' : `: ${files.map(({ path }) => plainText(path)).join(', ')}`}\n`

/** Files, and whether they are there. */
export const configPathText = ({ files }: ConfigFilesReply, look: Look): string =>
  tableText(files, [{ title: 'FILE', cell: ({ path }) => path }, { title: 'THERE', cell: ({ exists }) => (exists ? 'yes' : 'no') }], look)
