import type { Machine } from '#doors/cli'

/** Three days after the newest record of the canned marketplace. */
const NOW = (1_795_232_949 + 3 * 86_400) * 1000
const GIGABYTE = 1e9

const userId = process.getuid?.() ?? 0

/** A machine on which all is well but for a file that others can read. */
export const cannedMachine = (isRunning: boolean): Machine => {
  const file = (path: string, mode: number, bytes = 4096): { path: string; kind: 'file'; mode: number; owner: number; changedMs: number; bytes: number } =>
    ({ path, kind: 'file', mode, owner: userId, changedMs: NOW - 60_000, bytes })
  const folder = (path: string): Omit<ReturnType<typeof file>, 'kind'> & { kind: 'folder' } => ({ ...file(path, 0o700), kind: 'folder' })
  return {
    now: () => NOW,
    list: async () => ({
      isWhole: true,
      files: [folder('.'), folder('keys'), file('keys/peer.key', 0o600), folder('blobs'), file('blobs/sha256/ab/cd', 0o600, GIGABYTE), file('trust.db', 0o640)],
    }),
    room: async () => ({ freeBytes: 40 * GIGABYTE, totalBytes: 250 * GIGABYTE, freeFiles: 1_000_000 }),
    tryPort: async () => (isRunning ? 'taken' : 'free'),
  }
}
