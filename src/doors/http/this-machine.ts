import { createHash, timingSafeEqual } from 'node:crypto'

/** What a request may call this machine, with the port that it came in by: whatever other name was bound to the address is not meant. */
export const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]

/** Whether two texts are the same. Takes as long for every text, so that nobody can find out how much of a guess is right. */
export const isSameSecret = (a: string, b: string): boolean => {
  const [hashA, hashB] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(hashA, hashB)
}
