import type { Plain, ShownSetting } from '#config'
import type { ConfigFilesReply, SettingsReply } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { tableText } from './table.ts'

const valueText = (value: Plain | undefined): string => {
  if (value === undefined) return '-'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const originText = ({ from, idle }: ShownSetting): string => {
  const origin = from.kind === 'default' ? 'default' : from.name
  return idle === undefined ? origin : `${origin}; no effect: ${idle.replaceAll('`', '')}`
}

/** One line for each setting. */
export const settingsText = ({ settings }: SettingsReply, look: Look, withOrigin: boolean): string =>
  tableText(
    settings,
    [
      { title: 'KEY', cell: ({ key }) => key },
      { title: 'VALUE', cell: ({ value }) => valueText(value) },
      ...(withOrigin ? [{ title: 'FROM', cell: originText }] : []),
    ],
    look,
  )

/** What is configured and has no effect. */
export const settingsRemark = ({ remarks }: Pick<SettingsReply, 'remarks'>): string | undefined =>
  remarks.length === 0 ? undefined : remarks.map(plainText).join('\n')

/** What was read without a complaint. */
export const configReadText = ({ files }: ConfigFilesReply): string =>
  `everything that is configured can be right${files.length === 0 ? ', and there is no file' : `: ${files.map(({ path }) => plainText(path)).join(', ')}`}\n`

/** Files, and whether they are there. */
export const configPathText = ({ files }: ConfigFilesReply, look: Look): string =>
  tableText(files, [{ title: 'FILE', cell: ({ path }) => path }, { title: 'THERE', cell: ({ exists }) => (exists ? 'yes' : 'no') }], look)
