import { describeForeignSource } from './foreign-source.conformance.ts'
import { memorySource } from './memory-source.ts'

describeForeignSource('a source in memory', async (index, archives) => ({
  source: memorySource('https://x.example/', () => index, archives),
  [Symbol.asyncDispose]: async () => undefined,
}))
