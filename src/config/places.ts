import { posix, win32 } from 'node:path'
import { GgenError } from '#core'
import { type Platform, variable, type Variables } from './environment.ts'

/** Where everything of one home folder lies. Absolute paths. */
export interface Places {
  /** `$GGEN_HOME`. */
  readonly home: string
  readonly configPath: string
  /** What documents of before call the file of the node's settings. */
  readonly olderConfigPath: string
  /** The ticket of the private network that this home is in, if it is in one. */
  readonly networkPath: string
  /** What a detached node prints. */
  readonly logPath: string
  /** The control socket: a unix socket, on Windows a named pipe. */
  readonly socketPath: string
  /** The socket of the agent that holds a release key, if one does. */
  readonly agentSocketPath: string
  /** What programs must know that ask over TCP. */
  readonly controlTokenPath: string
  /** What package managers must show that change something over the npm door. */
  readonly npmTokenPath: string
}

/** The longest socket path that every unix accepts is 103 bytes; macOS has the smallest limit. */
const SOCKET_PATH_BYTES = 100

type Paths = typeof posix

const chooseHome = (env: Variables, platform: Platform, dotGgen: boolean): string => {
  const path = pathsOf(platform)
  const chosen = variable(env, 'GGEN_HOME')
  if (chosen !== undefined) return path.resolve(platform.workingFolder, chosen)
  const dotFolder = path.join(platform.userFolder, '.ggen')
  if (dotGgen) return dotFolder
  if (platform.os === 'darwin') return path.join(platform.userFolder, 'Library', 'Application Support', 'ggen')
  if (platform.os === 'win32') {
    return path.join(absolute(path, variable(env, 'LOCALAPPDATA')) ?? path.join(platform.userFolder, 'AppData', 'Local'), 'ggen')
  }
  return path.join(absolute(path, variable(env, 'XDG_DATA_HOME')) ?? path.join(platform.userFolder, '.local', 'share'), 'ggen')
}

const pathsOf = (platform: Platform): Paths => (platform.os === 'win32' ? win32 : posix)

/** The XDG specification tells programs to ignore relative paths. */
const absolute = (path: Paths, folder: string | undefined): string | undefined =>
  folder !== undefined && path.isAbsolute(folder) ? folder : undefined

const chooseSocket = (program: 'ggen' | 'agent', home: string, { env, platform }: { readonly env: Variables; readonly platform: Platform }): string => {
  // Loaded only where a name is needed: most homes have room for their socket.
  const hash = (): string => process.getBuiltinModule('node:crypto').createHash('sha256').update(home).digest('hex').slice(0, 16)
  const name = (): string => (program === 'ggen' ? hash() : `${hash()}-${program}`)
  if (platform.os === 'win32') return `\\\\.\\pipe\\ggen-${name()}`
  const runtimeFolder = absolute(posix, variable(env, 'XDG_RUNTIME_DIR'))
  const fits = (candidate: string): boolean => Buffer.byteLength(candidate) <= SOCKET_PATH_BYTES
  const beside = posix.join(home, `${program}.sock`)
  if (fits(beside)) return beside
  const elsewhere = [runtimeFolder, platform.tempFolder].filter((folder) => folder !== undefined)
  const fitting = elsewhere.map((folder) => posix.join(folder, `ggen-${platform.userId ?? 0}`, `${name()}.sock`)).find(fits)
  if (fitting !== undefined) return fitting
  throw new GgenError('config-invalid', `GGEN_HOME: the path of a socket is longer than ${SOCKET_PATH_BYTES} bytes, also below the temp folder`, {
    hint: 'choose a shorter GGEN_HOME or XDG_RUNTIME_DIR',
  })
}

/**
 * Finds the home folder and what lies in it: `GGEN_HOME`, else `~/.ggen` where it exists, else the platform's folder for data.
 * A home too deep for a unix socket gets one below `XDG_RUNTIME_DIR` or the temp folder. Throws `config-invalid`.
 */
export const findPlaces = (env: Variables, platform: Platform, dotGgen: boolean): Places => {
  const home = chooseHome(env, platform, dotGgen)
  if (home.includes('\0')) throw new GgenError('config-invalid', 'GGEN_HOME: a path has no zero bytes')
  const path = pathsOf(platform)
  return Object.freeze({
    home,
    configPath: path.join(home, 'config.toml'),
    olderConfigPath: path.join(home, 'p2p-config.toml'),
    networkPath: path.join(home, 'keys', 'network.ticket'),
    logPath: path.join(home, 'node.log'),
    socketPath: chooseSocket('ggen', home, { env, platform }),
    agentSocketPath: chooseSocket('agent', home, { env, platform }),
    controlTokenPath: path.join(home, 'control.token'),
    npmTokenPath: path.join(home, 'npm.token'),
  })
}
