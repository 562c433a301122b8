import { candidateBit, type Choices, isNeeded, isWithin, NONE } from './choices.ts'
import { type Clause, resolvent } from './clause.ts'
import { NeededPackages } from './needed-packages.ts'
import { type Choice, Trail } from './trail.ts'
import type { Variable } from './universe.ts'

/** Draws conclusions from what excludes each other and from what was chosen, and learns a clause from each dead end, so that it is never met again. */
export class Deduction {
  readonly #clauses = new Map<Variable, Clause[]>()
  readonly #trail = new Trail()
  readonly #needed = new NeededPackages()
  readonly #count: (steps: number) => void
  #queue: Variable[] = []
  /** Clauses that have to be looked at whatever has changed. */
  readonly #fresh: Clause[] = []

  /** `count` hears of the work that is done, and may throw. */
  constructor(count: (steps: number) => void) {
    this.#count = count
  }

  open(variable: Variable): Choices {
    return this.#trail.open(variable)
  }

  get chosen(): ReadonlyMap<Variable, number> {
    return this.#trail.chosen
  }

  /** What was chosen, as a stack. */
  get choices(): readonly Choice[] {
    return this.#trail.choices
  }

  /** The clauses that took choices from a package. */
  reasons(variable: Variable): readonly Clause[] {
    return this.#trail.reasons(variable)
  }

  /** The package that has to be chosen next. */
  nextNeeded(): Variable | undefined {
    return this.#needed.first((variable) => this.#isToChoose(variable))
  }

  /** Packages that have to be chosen soon; at most so many. */
  neededSoon(most: number): readonly Variable[] {
    return this.#needed.soon(most).filter((variable) => this.#isToChoose(variable))
  }

  /** Takes in a clause that holds from now on. */
  add(clause: Clause): void {
    for (const variable of clause.terms.keys()) {
      const clauses = this.#clauses.get(variable)
      if (clauses === undefined) this.#clauses.set(variable, [clause])
      else clauses.push(clause)
    }
    this.#fresh.push(clause)
  }

  /** Chooses a candidate whose clauses were added, unless they exclude it as things are: then that follows, and nothing is chosen. */
  choose(variable: Variable, index: number, clauses: readonly Clause[]): boolean {
    this.#fresh.push(...clauses)
    if (clauses.some((clause) => this.#isDeadEnd(clause, variable))) return false
    this.#trail.choose(variable, index, candidateBit(index))
    this.#queue.push(variable)
    return true
  }

  /** Draws every conclusion, or as many as it may. Returns the clause that says that there is no choice at all, where there is none. */
  conclude(mayGoOn: () => boolean): Clause | 'pause' | undefined {
    for (;;) {
      if (!mayGoOn()) return 'pause'
      const fresh = this.#fresh.pop()
      const changed = fresh === undefined ? this.#queue.pop() : undefined
      if (fresh === undefined && changed === undefined) return undefined
      const failed = this.#applyAll(fresh === undefined ? this.#clausesOf(changed) : [fresh])
      if (failed !== undefined) return failed
    }
  }

  #clausesOf(variable: Variable | undefined): readonly Clause[] {
    return (variable === undefined ? undefined : this.#clauses.get(variable)) ?? []
  }

  /** The newest first: what was learned says most. */
  #applyAll(clauses: readonly Clause[]): Clause | undefined {
    for (let index = clauses.length - 1; index >= 0; index -= 1) {
      const clause = clauses[index]
      if (clause !== undefined && this.#apply(clause)) return this.#learn(clause)
    }
    return undefined
  }

  /** Whether a clause is broken; where all but one of its terms hold, the last one must not. */
  #apply(clause: Clause): boolean {
    let last: Variable | undefined
    let looked = 0
    for (const [variable, choices] of clause.terms) {
      looked += 1
      const open = this.#trail.open(variable)
      if (isWithin(open, choices)) continue
      if (last !== undefined || (open & choices) === NONE) {
        this.#count(looked)
        return false
      }
      last = variable
    }
    this.#count(looked + 1)
    if (last === undefined) return true
    const wasNeeded = isNeeded(this.#trail.open(last))
    this.#trail.exclude(last, clause.terms.get(last) ?? NONE, clause)
    this.#queue.push(last)
    if (!wasNeeded && this.#isToChoose(last)) this.#needed.add(last)
    return false
  }

  /** Finds what led to a broken clause, and goes back to where that can be avoided. Returns the clause without terms where it never can. */
  #learn(broken: Clause): Clause | undefined {
    let clause = broken
    while (clause.terms.size > 0) {
      this.#count(clause.terms.size)
      const lesson = this.#trail.learn(clause)
      if (lesson.isUsable) {
        this.#queue = []
        for (const variable of this.#trail.backTo(lesson.level)) this.#needed.add(variable)
        if (clause === broken) this.#fresh.push(clause)
        else this.add(clause)
        return undefined
      }
      this.#needed.noteConflict(lesson.about)
      clause = resolvent(clause, lesson.because, lesson.about)
    }
    return clause
  }

  #isDeadEnd({ terms }: Clause, chosen: Variable): boolean {
    return [...terms].every(([variable, choices]) => variable === chosen || isWithin(this.#trail.open(variable), choices))
  }

  #isToChoose(variable: Variable): boolean {
    return isNeeded(this.#trail.open(variable)) && !this.#trail.chosen.has(variable)
  }
}
