import { hkdfSync } from 'node:crypto'
import { entropyToMnemonic, mnemonicToEntropy, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { GgenError } from '#core'

const WORDS = 24
const SEED_BYTES = 32
/** Part of the format: another text would derive another key from the same words. */
const PURPOSE = 'ggen recovery key v1'

/** 32 bytes of entropy as 24 English BIP-39 words. */
export const wordsOfEntropy = (entropy: Uint8Array): string => entropyToMnemonic(entropy, wordlist)

/**
 * The 32-byte seed of the recovery key: HKDF-SHA256 of the words' 32 bytes of entropy, with an empty salt and the info
 * `ggen recovery key v1`. Case and spacing do not matter. Throws `usage` for anything but 24 BIP-39 words with a right checksum.
 */
export const recoverySeed = (words: string): Uint8Array => {
  const plain = words.trim().toLowerCase().split(/\s+/)
  const phrase = plain.join(' ')
  if (plain.length !== WORDS || !validateMnemonic(phrase, wordlist)) {
    throw new GgenError('usage', 'these are not the recovery words: one is missing, misspelt or in the wrong place', {
      hint: `type the ${WORDS} words in the order in which they were shown`,
    })
  }
  return new Uint8Array(hkdfSync('sha256', mnemonicToEntropy(phrase, wordlist), new Uint8Array(0), PURPOSE, SEED_BYTES))
}
