/** Something costly that is made when somebody asks for it, once for all who ask, and again when its mark has changed. */
export class Remade<T> {
  readonly #make: () => Promise<T>
  readonly #mark: () => string | number
  #made: { readonly mark: string | number; readonly value: Promise<T> } | undefined

  constructor(make: () => Promise<T>, mark: () => string | number) {
    this.#make = make
    this.#mark = mark
  }

  /** Throws what making it throws; the next one who asks has it made anew. */
  async get(): Promise<T> {
    const mark = this.#mark()
    if (this.#made?.mark !== mark) this.#made = { mark, value: this.#make() }
    const made = this.#made
    try {
      return await made.value
    } catch (error) {
      if (this.#made === made) this.#made = undefined
      throw error
    }
  }
}
