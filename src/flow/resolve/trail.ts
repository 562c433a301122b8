import assert from 'node:assert/strict'
import { type Choices, isWithin, NONE } from './choices.ts'
import type { Clause } from './clause.ts'
import type { Variable } from './universe.ts'

/** One thing that was chosen, or that followed from what was chosen before. */
interface Step {
  readonly variable: Variable
  /** What it leaves open by itself. */
  readonly leaves: Choices
  /** What is open after it. */
  readonly open: Choices
  /** How many choices there were; 0: it holds whatever is chosen. */
  readonly level: number
  readonly index: number
  /** From what it follows; absent: it was chosen. */
  readonly because?: Clause
}

/** A candidate that was chosen. */
export interface Choice {
  readonly variable: Variable
  readonly index: number
}

/** What to make of a broken clause: it can be kept from some level on, or has to be put together with that from which its latest term followed. */
type Lesson =
  | { readonly isUsable: true; readonly level: number }
  | { readonly isUsable: false; readonly about: Variable; readonly because: Clause }

/** What was chosen so far and what follows from it, in order. */
export class Trail {
  readonly #steps: Step[] = []
  readonly #of = new Map<Variable, Step[]>()
  readonly #chosen = new Map<Variable, number>()
  readonly #choices: Choice[] = []
  #level = 0

  /** What is still open. */
  open(variable: Variable): Choices {
    return this.#of.get(variable)?.at(-1)?.open ?? variable.every
  }

  /** The candidates that were chosen, in the order in which they were. */
  get chosen(): ReadonlyMap<Variable, number> {
    return this.#chosen
  }

  /** The same as a stack: the latest choice last, each an object of its own. */
  get choices(): readonly Choice[] {
    return this.#choices
  }

  choose(variable: Variable, index: number, bit: Choices): void {
    this.#level += 1
    this.#chosen.set(variable, index)
    this.#choices.push({ variable, index })
    this.#push(variable, bit)
  }

  /** What a clause leaves open of the last of its packages. */
  exclude(variable: Variable, choices: Choices, because: Clause): void {
    this.#push(variable, variable.every & ~choices, because)
  }

  /** The clauses that took something away from a package. */
  reasons(variable: Variable): readonly Clause[] {
    return (this.#of.get(variable) ?? []).flatMap(({ because }) => because ?? [])
  }

  /** Forgets everything after a level; returns the packages that were chosen there. */
  backTo(level: number): readonly Variable[] {
    const undone: Variable[] = []
    for (let last = this.#steps.at(-1); last !== undefined && last.level > level; last = this.#steps.at(-1)) {
      this.#steps.pop()
      this.#of.get(last.variable)?.pop()
      if (last.because !== undefined) continue
      this.#chosen.delete(last.variable)
      this.#choices.pop()
      undone.push(last.variable)
    }
    this.#level = level
    return undone
  }

  /** What is to be learned from a clause all of whose terms hold, and which has some: which step made them hold, and what the others were held by. */
  learn({ terms }: Clause): Lesson {
    let latest: Step | undefined
    let before = 0
    for (const [variable, choices] of terms) {
      const step = this.#firstWithin(variable, choices)
      const [later, earlier] = latest === undefined || step.index > latest.index ? [step, latest] : [latest, step]
      latest = later
      before = Math.max(before, earlier?.level ?? 0)
    }
    assert(latest !== undefined)
    const { variable, leaves, level, because } = latest
    const rest = leaves & ~(terms.get(variable) ?? variable.every)
    if (rest !== NONE) before = Math.max(before, this.#firstWithin(variable, variable.every & ~rest).level)
    if (because === undefined || before < level) return { isUsable: true, level: before }
    return { isUsable: false, about: variable, because }
  }

  /** What is open only becomes less. */
  #firstWithin(variable: Variable, choices: Choices): Step {
    const steps = this.#of.get(variable) ?? []
    let [first, end] = [0, steps.length]
    while (first < end) {
      const middle = (first + end) >> 1
      const step = steps[middle]
      if (step !== undefined && isWithin(step.open, choices)) end = middle
      else first = middle + 1
    }
    const found = steps[first]
    assert(found !== undefined, 'a term that does not hold')
    return found
  }

  #push(variable: Variable, leaves: Choices, because?: Clause): void {
    const open = this.open(variable) & leaves
    const step = { variable, leaves, open, level: this.#level, index: this.#steps.length, ...(because !== undefined && { because }) }
    this.#steps.push(step)
    const steps = this.#of.get(variable)
    if (steps === undefined) this.#of.set(variable, [step])
    else steps.push(step)
  }
}
