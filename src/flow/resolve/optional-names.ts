import type { PackageName } from '#core'
import type { Choice } from './trail.ts'

/** Which optional packages the releases that are chosen would like to have: kept up to date choice by choice, because very many may be chosen. */
export class OptionalNames {
  readonly #seen: { readonly choice: Choice; readonly names: readonly PackageName[] }[] = []
  readonly #counts = new Map<PackageName, number>()

  /** Takes in what was chosen and taken back since the last time; choices are a stack. */
  follow(choices: readonly Choice[], namesOf: (choice: Choice) => readonly PackageName[]): void {
    for (let last = this.#seen.at(-1); last !== undefined && choices[this.#seen.length - 1] !== last.choice; last = this.#seen.at(-1)) {
      this.#seen.pop()
      for (const name of last.names) this.#add(name, -1)
    }
    for (const choice of choices.slice(this.#seen.length)) {
      const names = namesOf(choice)
      this.#seen.push({ choice, names })
      for (const name of names) this.#add(name, 1)
    }
  }

  /** Each once, in no order. */
  names(): Iterable<PackageName> {
    return this.#counts.keys()
  }

  #add(name: PackageName, change: 1 | -1): void {
    const count = (this.#counts.get(name) ?? 0) + change
    if (count === 0) this.#counts.delete(name)
    else this.#counts.set(name, count)
  }
}
