/** What may stand in the ticket to a private network. */
export const TEAM_LIMITS = Object.freeze({
  /** Of the whole text. */
  ticketChars: 4096,
  /** Nodes to connect to first. */
  ticketAddresses: 16,
  /** Publishers to follow. */
  ticketPublishers: 32,
})
