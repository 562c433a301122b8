import { GgenError } from '#core'
import type { SearchQuestion } from '#doors/control'
import type { Run } from './context.ts'

/** `ggen search`: packages that match, best first. Throws `query-invalid` for an empty question. */
export const search =
  (question: SearchQuestion): Run =>
  async ({ client, deadline }) => {
    const { words, category, tags = [] } = question
    if (words.length === 0 && category === undefined && tags.length === 0) throw new GgenError('query-invalid', 'there is nothing to search for')
    return { kind: 'found', value: await client.search(question, deadline.signal) }
  }
