import { type Command, Option } from 'commander'
import type { WhomFlags } from './commands/whom-to-ask.ts'

const OTHERS = { p2p: ['central', 'registry'], central: ['p2p', 'registry'], registry: ['p2p', 'central'] }

const add = (command: Command, says: { readonly p2p: Option; readonly central: Option; readonly registry: Option }): Command =>
  command
    .addOption(says.p2p.conflicts(OTHERS.p2p))
    .addOption(says.central.conflicts(OTHERS.central))
    .addOption(says.registry.conflicts(OTHERS.registry))

/** Gives a command the options that say whom to ask this once; at most one of them. `named`: what it takes an address for. */
export const addWhom = (command: Command, named = 'ask this registry only'): Command =>
  add(command, {
    p2p: new Option('--p2p', 'ask peers only'),
    central: new Option('--central', 'ask the central registry only'),
    registry: new Option('--registry <address>', named),
  })

/** The same for whom to tell. */
export const addTold = (command: Command): Command =>
  add(command, {
    p2p: new Option('--p2p', 'tell peers only'),
    central: new Option('--central', 'hand it to the central registry only'),
    registry: new Option('--registry <address>', 'hand it to this registry only'),
  })

/** Those options alone. */
export const toWhom = ({ p2p, central, registry }: WhomFlags): WhomFlags =>
  ({ ...(p2p !== undefined && { p2p }), ...(central !== undefined && { central }), ...(registry !== undefined && { registry }) })
