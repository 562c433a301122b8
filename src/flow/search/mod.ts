export { answerSearch, type AnswerParts } from './answer-search.ts'
export { type ParsedQuery, parseQuery, type RawQuery } from './parse-query.ts'
export { RememberedSearches } from './remembered-searches.ts'
export { type PeerAnswers, type PeerSearchParts, searchPeers } from './search-peers.ts'
