import { type Command, Option } from 'commander'
import type { WhomFlags } from './commands/whom-to-ask.ts'

/** Gives a command the options that say whom to ask this once; at most one of them. `named`: what it takes an address for. */
export const addWhom = (command: Command, named = 'ask this registry only'): Command =>
  command
    .addOption(new Option('--p2p', 'ask peers only').conflicts(['central', 'registry']))
    .addOption(new Option('--central', 'ask the central registry only').conflicts(['p2p', 'registry']))
    .addOption(new Option('--registry <address>', named).conflicts(['p2p', 'central']))

/** Those options alone. */
export const toWhom = ({ p2p, central, registry }: WhomFlags): WhomFlags =>
  ({ ...(p2p !== undefined && { p2p }), ...(central !== undefined && { central }), ...(registry !== undefined && { registry }) })
