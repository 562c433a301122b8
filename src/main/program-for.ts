/** What has to be started for a command. */
export interface Program {
  readonly file: string
  readonly args: readonly string[]
  /** `args` are handed over as they are: they are quoted for cmd.exe already. */
  readonly isVerbatim: boolean
}

export interface Place {
  readonly isWindows: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether there is a file at an absolute path. */
  readonly isFile: (path: string) => boolean
}

const variable = (env: Place['env'], name: string): string => Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1] ?? ''

/** The file that Windows means by a command: as it is, or with one of the usual endings, here or on the path. */
const fileFor = (command: string, { env, isFile }: Place): string | undefined => {
  const endings = variable(env, 'PATHEXT') === '' ? ['.COM', '.EXE', '.BAT', '.CMD'] : variable(env, 'PATHEXT').split(';')
  const names = /\.[^\\/.]+$/.test(command) ? [command, ...endings.map((ending) => command + ending)] : endings.map((ending) => command + ending)
  const folders = /[\\/]/.test(command) ? [''] : variable(env, 'PATH').split(';').filter((folder) => folder !== '').map((folder) => `${folder}\\`)
  return folders.flatMap((folder) => names.map((name) => folder + name)).find(isFile)
}

/** What a program takes apart again: backslashes count only before quotation marks. */
const quoted = (text: string): string => `"${text.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\*)$/, '$1$1')}"`

/** Every sign that means something to cmd.exe. */
const escaped = (text: string): string => text.replaceAll(/[()[\]%!^"`<>&|;, *?]/g, '^$&')

/**
 * How to start a command with exactly these arguments. npm and its like are scripts on Windows, which only cmd.exe can start: it reads their arguments twice,
 * once itself and once in the script, so that everything is escaped twice. Pure.
 */
export const programFor = (command: string, args: readonly string[], place: Place): Program => {
  const file = place.isWindows ? fileFor(command, place) : undefined
  if (file === undefined || !/\.(?:bat|cmd)$/i.test(file)) return { file: file ?? command, args, isVerbatim: false }
  const line = [escaped(`"${file}"`), ...args.map((arg) => escaped(escaped(quoted(arg))))].join(' ')
  return { file: variable(place.env, 'COMSPEC') || 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], isVerbatim: true }
}
