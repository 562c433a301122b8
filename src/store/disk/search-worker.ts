import { parentPort, workerData } from 'node:worker_threads'
import { toGgenError } from '#core'
import { answerQuery } from '#store'
import { IndexSource } from './index-source.ts'
import { KeptEntries } from './kept-entries.ts'
import { SearchReader } from './search-reader.ts'
import type { SearchOutcome, SearchTask, SearchedFile } from './search-thread.ts'
import { Vocabulary } from './vocabulary.ts'

/** The thread's side of search-thread.ts. A file that cannot be opened is an answer like any other, so everything opens with the first question. */
interface Desk {
  readonly source: IndexSource
  readonly vocabulary: Vocabulary
  readonly kept: KeptEntries
}

type SearchQuestion = Extract<SearchTask, { readonly id: number }>

let desk: Desk | undefined
/** Not yet begun; a turn of the event loop each, so that what is forgotten meanwhile costs nothing. */
const waiting = new Map<number, SearchQuestion>()

const openDesk = (): Desk => {
  const reader = new SearchReader((workerData as SearchedFile).path)
  const [vocabulary, kept] = [new Vocabulary(reader), new KeptEntries(reader)]
  return { source: new IndexSource(reader, vocabulary, kept), vocabulary, kept }
}

const answer = async ({ id, query, signals }: SearchQuestion): Promise<SearchOutcome> => {
  try {
    desk ??= openDesk()
    if (signals !== undefined) desk.kept.replace(signals)
    const found = await answerQuery(desk.source, query, desk.kept.signals)
    desk.vocabulary.refresh()
    return { id, answer: found }
  } catch (error) {
    // An error that is posted loses its code.
    const { code, message, hint, details } = toGgenError(error)
    return { id, error: { code, message, hint, details } }
  }
}

const begin = async (id: number): Promise<void> => {
  const question = waiting.get(id)
  if (question === undefined) return
  waiting.delete(id)
  parentPort?.postMessage(await answer(question))
}

parentPort?.on('message', (task: SearchTask) => {
  if ('forget' in task) {
    waiting.delete(task.forget)
    return
  }
  waiting.set(task.id, task)
  setImmediate(() => void begin(task.id))
})
