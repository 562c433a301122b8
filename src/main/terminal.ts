import type { WriteStream } from 'node:tty'
import type { Output } from '#doors/cli'

/** A stream of this process. A reader that left (`ggen search … | head -1`) ends the process quietly. */
export const terminal = (stream: NodeJS.WriteStream): Output => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return (stream as WriteStream).columns as number | undefined
    },
  }
}
