// The word by which a message is known that only carries another, with its context. No behaviour.

/** Tells it from other messages. */
export const CARRIED = 'rumpus:carried'
