import { readFile, writeFile } from 'node:fs/promises'

/** Linux counts the time of processes in hundredths of a second. */
const TICKS_PER_SECOND = 100

/** CPU seconds of a process so far, its own and the kernel's for it. */
export const cpuSeconds = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The second field is the name in parentheses and may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

const statusMegabytes = async (pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> => {
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`no ${field} of process ${pid}`)
  return (Number(kilobytes) * 1024) / 1e6
}

/** Resident memory now, in MB. */
export const residentMegabytes = (pid: number): Promise<number> => statusMegabytes(pid, 'VmRSS')

/** The most memory that was resident since `forgetPeak`, in MB. */
export const peakMegabytes = (pid: number): Promise<number> => statusMegabytes(pid, 'VmHWM')

/** Starts the measurement of the peak anew. */
export const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5')
