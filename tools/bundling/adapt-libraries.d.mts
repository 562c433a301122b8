interface Emitting {
  readonly emitFile: (file: object) => void
}

/** The part of a bundler's plugin that tests call. */
export const adaptLibraries: () => {
  readonly name: string
  transform(this: Emitting, code: string, id: string): { readonly code: string; readonly map: null } | null
  generateBundle(): void
}
