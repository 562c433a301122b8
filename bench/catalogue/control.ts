import { readFile } from 'node:fs/promises'
import { findPlaces, readEnvironment } from '#config'
import { type ControlClient, controlClient } from '#doors/control'

/** Talks to the node of a home folder as the terminal does. */
export const clientOf = (home: string): ControlClient => controlClient(findPlaces({ GGEN_HOME: home }, readEnvironment().platform, false).socketPath)

/** Resident memory of a process now, and the most it ever was, MB. */
export const residentMegabytes = async (pid: number): Promise<{ readonly now: number; readonly most: number }> => {
  const text = await readFile(`/proc/${pid}/status`, 'utf8')
  const megabytes = (key: string): number => (Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024) / 1e6
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') }
}
