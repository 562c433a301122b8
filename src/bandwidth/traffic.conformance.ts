import { parsePeerId, type Giver } from '#core'

export interface Passed {
  readonly at: number
  readonly peer: Giver
  readonly bytes: number
}

export const peerOf = (index: number): Giver => parsePeerId(`12D3Koo${String.fromCodePoint(97 + index).repeat(45)}`)

/** Everything that is ready to run has run. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The most that went over any time beyond what the rate allows. */
export const excess = (passed: readonly Passed[], rate: number): number => {
  let most = 0
  let lowest = Infinity
  let sum = 0
  for (const { at, bytes } of passed.toSorted((a, b) => a.at - b.at)) {
    lowest = Math.min(lowest, sum - (rate * at) / 1000)
    sum += bytes
    most = Math.max(most, sum - (rate * at) / 1000 - lowest)
  }
  return most
}
