// What all schedulers of a runtime have in common: decided by `start`, handed to every thread as it is. No behaviour.

/** What the receiver of a message on the sender's own scheduler gets: the value, the value frozen, or a copy. */
export type MessageMode = 'reference' | 'freeze' | 'clone'

export interface Settings {
  /** Local messages pass Rust, too. Needed for every mode but 'reference': on the short way nobody looks at a message. */
  readonly nativeLane: boolean
  readonly messages: MessageMode
  /** So many messages in an inbox are worth telling; `Infinity` for never. */
  readonly highWater: number
}
