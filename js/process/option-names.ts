// The names of the options that several verbs take, here and in the portable runtime. No behaviour.

import type { Names } from '../options.ts'
import type {
  AskOptions,
  CallOptions,
  MailboxOptions,
  ReceiveOptions,
  SpawnOptions,
  TryReceiveOptions,
} from './shapes.ts'

/** How long to wait. */
export const WAIT_NAMES: Names<CallOptions> = { timeout: true, signal: true }

/** How to ask. */
export const ASK_NAMES: Names<AskOptions> = { ...WAIT_NAMES, context: true }

/** What to wait for, and how long. */
export const RECEIVE_NAMES: Names<ReceiveOptions<never>> = { match: true, since: true, ...WAIT_NAMES }

/** What to look for. */
export const TRY_RECEIVE_NAMES: Names<TryReceiveOptions<never>> = { match: true, since: true }

/** Where and how to be, as whatever is spawned is told. */
export const PLACE_NAMES: Names<Pick<SpawnOptions, 'on' | 'name' | 'priority' | 'mailbox'>> = {
  on: true,
  name: true,
  priority: true,
  mailbox: true,
}

/** How to spawn. */
export const SPAWN_NAMES: Names<SpawnOptions> = { ...PLACE_NAMES, link: true, monitor: true, signal: true }

/** How a mailbox is bounded. */
export const MAILBOX_NAMES: Names<MailboxOptions> = { capacity: true, overflow: true }
