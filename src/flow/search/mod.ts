export { answerSearch, type HitOps } from './answer-search.ts'
export { type ParsedQuery, parseQuery, type RawQuery } from './parse-query.ts'
export { type LocalAnswer, type RankedEntry, searchLocal } from './search-local.ts'
export { type PeerSearchParts, searchPeers } from './search-peers.ts'
