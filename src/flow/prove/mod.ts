export { DomainProofs, type DomainProofsParts } from './domain-proofs.ts'
