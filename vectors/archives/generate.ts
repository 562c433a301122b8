import { writeFileSync } from 'node:fs'
import { ACCEPTED } from './accepted.ts'
import { HOSTILE } from './hostile.ts'

const write = (name: string, vectors: readonly { readonly bytes: Uint8Array }[]): void => {
  const lines = vectors.map(({ bytes, ...rest }) => JSON.stringify({ ...rest, archive: Buffer.from(bytes).toString('base64') }))
  writeFileSync(new URL(name, import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
}

write('hostile.json', HOSTILE)
write('accepted.json', ACCEPTED)
