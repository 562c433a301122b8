/**
 * What the built program does not take from its libraries as it is: each of these costs every node memory and gives it nothing. Texts are those
 * of the pinned versions; a build stops when one is not found, so that an update is looked at.
 */

const PREFIX_BYTES = 3

/** 65,536 numbers as a list cost 1.1 MB beside their text; they are asked for once in five minutes. */
const readPrefixesOnDemand = (code) => {
  const numbers = Array.from(code.matchAll(/\d+/g), ([digits]) => Number(digits))
  const bytes = Buffer.alloc(numbers.length * PREFIX_BYTES)
  for (const [place, number] of numbers.entries()) bytes.writeUIntBE(number, place * PREFIX_BYTES, PREFIX_BYTES)
  return {
    file: { name: 'kad-prefixes.bin', bytes },
    code: `import { readFileSync } from 'node:fs'
const read = (place) => readFileSync(new URL('./kad-prefixes.bin', import.meta.url)).readUIntBE(place * ${PREFIX_BYTES}, ${PREFIX_BYTES})
export default new Proxy([], { get: (_, place) => read(Number(place)) })`,
  }
}

/** The order only has to be the same each time; that of a language loads its tables, 3 MB. */
const compareByCodeUnits = (code) => ({
  code: code.replaceAll(/([\w.]+(?:\(\))?)\.localeCompare\(([\w.]+(?:\(\))?)\)/g, '($1 < $2 ? -1 : $1 > $2 ? 1 : 0)'),
})

/** For short messages the library has a second cipher in WebAssembly, whose compiler and code cost 3 MB; Node's cipher does for all. */
const cipherOfNode = (code) => ({
  code: code
    .replace("import { newInstance, ChaCha20Poly1305 } from '@chainsafe/as-chacha20poly1305';", '')
    .replace("import { digest } from '@chainsafe/as-sha256';", '')
    .replace('const ctx = newInstance();', '')
    .replace('const asImpl = new ChaCha20Poly1305(ctx);', '')
    .replaceAll(/if \(\w+\.byteLength < 1200\) \{\s+return asCrypto\.\w+\([^)]+\);\s+\}/g, ''),
})

/** No route has a schema, and the servers are told so (NO_SCHEMAS); the compilers are 0.5 MB of text. */
const withoutCompiler = () => ({ code: "module.exports = () => { throw new Error('this program has no compiler of schemas') }" })

const CHANGES = new Map([
  ['@libp2p/kad-dht/dist/src/routing-table/generated-prefix-list.js', readPrefixesOnDemand],
  ['@libp2p/peer-store/dist/src/utils/dedupe-addresses.js', compareByCodeUnits],
  ['@libp2p/peer-store/dist/src/utils/to-peer-pb.js', compareByCodeUnits],
  ['@libp2p/noise/dist/src/crypto/index.js', cipherOfNode],
  ['@fastify/ajv-compiler/index.js', withoutCompiler],
  ['@fastify/fast-json-stringify-compiler/index.js', withoutCompiler],
])

/** Files may not hold any of these afterwards. */
const LEFT_OVER = /localeCompare|as-chacha20poly1305|as-sha256|byteLength < 1200|asCrypto\.\w+\(/

/** A plugin of the bundler. */
export const adaptLibraries = () => {
  const pending = new Set(CHANGES.keys())
  return {
    name: 'adapt-libraries',
    transform(code, id) {
      const path = id.replaceAll('\\', '/').split('/node_modules/').at(-1)
      const change = CHANGES.get(path)
      if (change === undefined) return null
      const changed = change(code)
      if (changed.code === code || LEFT_OVER.test(changed.code)) throw new Error(`${path} is not as it was: look at tools/bundling/adapt-libraries.mjs`)
      if (changed.file !== undefined) this.emitFile({ type: 'asset', fileName: changed.file.name, source: changed.file.bytes })
      pending.delete(path)
      return { code: changed.code, map: null }
    },
    generateBundle() {
      if (pending.size > 0) throw new Error(`the program does not use ${[...pending].join(', ')} any more: look at tools/bundling/adapt-libraries.mjs`)
    },
  }
}
