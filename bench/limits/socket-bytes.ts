import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The bytes that the open TCP connections of a process have sent and received, as `ss` prints them: two lines a connection. */
export const readSocketBytes = (text: string, pid: number): number => {
  const lines = text.split('\n')
  const counts = lines.flatMap((line, index) => (line.includes(`pid=${pid},`) ? [...(lines[index + 1] ?? '').matchAll(/bytes_(?:sent|received):(\d+)/g)] : []))
  return counts.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}

/** The same, of now. What a connection carried that has been closed since is lost: compare while all stay open. */
export const socketBytes = async (pid: number): Promise<number> => {
  const { stdout } = await run('ss', ['-tinpH', 'state', 'established'], { maxBuffer: 1 << 26 })
  return readSocketBytes(stdout, pid)
}
