import assert from 'node:assert/strict'

/** An answer of which it is known that a publisher signed what it tells of. */
export const signed = <T extends { readonly identity?: unknown }>(answer: T): Extract<T, { readonly identity: string }> => {
  assert.ok(answer.identity !== undefined, 'nobody signed it')
  return answer as Extract<T, { readonly identity: string }>
}
