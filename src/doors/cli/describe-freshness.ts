import { type FreshnessEvidence, LIMITS } from '#core'
import { count, durationText } from './quantities.ts'

const comparedText = ({ peers, networks }: FreshnessEvidence): string => {
  if (peers === 0) return 'compared with nobody in the last day'
  return `compared with ${count(peers, 'peer')} of ${networks === 0 ? 'unknown networks' : count(networks, 'network')} in the last day`
}

const newestText = ({ newestOpAgeSeconds: age }: FreshnessEvidence): string => {
  if (age === undefined) return 'no record yet'
  return age * 1000 > LIMITS.freshnessMs ? `nothing newer than ${durationText(age)}` : `the newest record is ${durationText(age)} old`
}

/** `unproven: compared with 2 peers of 1 network in the last day; nothing newer than 3 d 4 h` */
export const freshnessText = (evidence: FreshnessEvidence): string =>
  `${evidence.proven ? 'proven' : 'unproven'}: ${comparedText(evidence)}; ${newestText(evidence)}`
