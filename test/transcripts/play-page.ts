import { Stage } from './stage.ts'
import { readTranscripts, writeSteps } from './transcript.ts'

/** Plays every transcript of a page from top to bottom on one machine; resolves to the page with what was really printed. */
export const playPage = async (page: string): Promise<string> => {
  await using stage = await Stage.open()
  let text = ''
  let position = 0
  for (const { start, end, steps, setting } of readTranscripts(page)) {
    text += page.slice(position, start) + writeSteps(await stage.play(steps, setting))
    position = end
  }
  return text + page.slice(position)
}
