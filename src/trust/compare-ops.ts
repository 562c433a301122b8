import type { Op } from '#core'

export const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** By the publisher's clock, and of the same second by id: an order that everybody can tell. */
export const compareOps = (a: Pick<Op, 'at' | 'id'>, b: Pick<Op, 'at' | 'id'>): number => a.at - b.at || compareText(a.id, b.id)
