import { GgenError } from '#core'
import type { SearchQuestion } from '#doors/control'
import type { Run } from './context.ts'
import { readConfig } from './read-config.ts'
import { type WhomFlags, whomToAsk } from './whom-to-ask.ts'

/** How to show what is found; everything else is a condition. */
const MANNERS: ReadonlySet<string> = new Set<keyof SearchQuestion>(['sort', 'limit', 'cursor', 'explain'])

const isEmpty = ({ words, tags = [], ...others }: SearchQuestion): boolean =>
  words.length === 0 && tags.length === 0 && Object.keys(others).every((key) => MANNERS.has(key))

/** `ggen search`: packages that match, best first. Throws `query-invalid` for an empty question. */
export const search =
  (question: SearchQuestion, flags: WhomFlags = {}): Run =>
  async (context) => {
    if (isEmpty(question)) throw new GgenError('query-invalid', 'there is nothing to search for')
    const asked = await whomToAsk(flags, context)
    const limit = question.limit ?? (await readConfig(context)).searchLimit
    return { kind: 'found', value: await context.client.search({ ...question, limit, ...asked }, context.deadline.signal) }
  }
