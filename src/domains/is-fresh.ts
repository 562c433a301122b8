import { type DomainAnswers, type KnownDomain, LIMITS } from '#core'

/** How long answers count, in milliseconds: the better they are, the longer. */
const lifeOf = ({ https, txt }: DomainAnswers): number => {
  const states = [https.state, txt.state]
  if (states.includes('unknown')) return LIMITS.domainUnknownMs
  return states.includes('found') ? LIMITS.domainFoundMs : LIMITS.domainAbsentMs
}

/** Whether the domain need not be asked again. Answers of the future are those of a clock that was wrong. */
export const isFresh = ({ answers, askedAt }: KnownDomain, now: number): boolean => askedAt <= now && now < askedAt + lifeOf(answers)
