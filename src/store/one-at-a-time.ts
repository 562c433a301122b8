/** A queue for work that must not overlap: each piece starts when the one before has ended, well or badly. */
export const oneAtATime = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let before: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = before.then(work)
    before = Promise.allSettled([turn])
    return turn
  }
}
