export { DomainProofs, type DomainProofsParts } from './domain-proofs.ts'
export { pickRelease } from './pick-release.ts'
export { chooseIdentity, type Claims } from './choose-identity.ts'
