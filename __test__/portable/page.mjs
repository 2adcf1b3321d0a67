// Owns the page of the browser tests, and the same work where there is no page: processes of `rumpus/portable` in whatever has
// only what the web has. Plain JavaScript; it is given the module, and answers what it saw as data.

/** @typedef {import('rumpus/portable').Self<any>} AnySelf */
/** @typedef {import('rumpus/portable').Pid<any>} AnyPid */

/**
 * Runs processes of every kind and answers what came of it.
 *
 * @param {typeof import('rumpus/portable')} portable
 */
export async function tryAll(portable) {
  const { call, define, Down, exit, formatPid, registerMessage, reply, run, send, sendAfter, TimeoutError } = portable
  const square = define(
    'https://example.org/squares.js',
    'square',
    async (/** @type {AnySelf} */ _, /** @type {AnyPid} */ to, /** @type {{ n: number }} */ { n }) => send(to, n * n),
  )
  class Money {
    constructor(/** @type {number} */ cents) {
      this.cents = cents
    }
  }
  registerMessage(Money, { encode: ({ cents }) => cents, decode: (cents) => new Money(cents) })
  /** @type {string[]} */
  const crashes = []
  const seen = await run(
    async (/** @type {AnySelf} */ self) => {
      const pong = self.spawn(async (/** @type {AnySelf} */ me) => {
        for await (const message of me) send(self.pid, message + 1)
      })
      let n = 0
      for (let i = 0; i < 1000; i++) {
        send(pong, n)
        n = await self.receive()
      }
      const [failing] = self.spawnMonitor(async () => {
        throw new RangeError('on purpose')
      })
      const down = await self.receive({
        match: (/** @type {unknown} */ message) => message instanceof Down && message.pid === failing,
      })
      const begun = performance.now()
      sendAfter(self.pid, 'tick', 20)
      await self.receive({ match: (/** @type {unknown} */ message) => message === 'tick' })
      const early = performance.now() - begun < 20
      for (const text of ['other', 'wanted']) send(self.pid, text)
      const wanted = await self.receive({ match: (/** @type {unknown} */ message) => message === 'wanted' })
      const late = await self.receive({ match: () => false, timeout: 5 }).catch((error) => error)
      const left = self.flush()
      self.spawn(square, self.pid, { n: 12 })
      const squared = await self.receive()
      const server = self.spawn(async (/** @type {AnySelf} */ me) => {
        for await (const { from, request } of me) reply(from, request * 2)
      })
      const answer = await call(server, 21)
      const [ended] = self.spawnMonitor(async (/** @type {AnySelf} */ me) => me.receive())
      exit(ended, 'kill')
      const { reason } = await self.receive()
      return {
        n,
        failed: [down.reason.kind, down.reason.error.message],
        early,
        wanted,
        late: [late instanceof TimeoutError, late.code],
        left,
        squared,
        answer,
        reason,
        shown: /^<\d+\.0\.\d+>$/.test(formatPid(self.pid)),
      }
    },
    { onCrash: ({ what }) => crashes.push(what) },
  )
  const copied = await run(
    async (/** @type {AnySelf} */ self) => {
      const bytes = Uint8Array.of(1, 2)
      const message = { map: new Map([['a', new Date(0)]]), bytes, money: new Money(5), error: new TypeError('e') }
      send(self.pid, message)
      const came = await self.receive()
      const { map, money, error } = came
      const refused = await Promise.resolve()
        .then(() => send(self.pid, { a: [() => 1] }))
        .catch((thrown) => thrown.path)
      return [
        came !== message && came.bytes !== bytes,
        [...came.bytes],
        map.get('a').getTime(),
        money instanceof Money && money !== message.money && money.cents,
        error instanceof TypeError && error.message,
        refused,
      ]
    },
    { messages: 'clone' },
  )
  return { seen, copied, crashes }
}

/** What `tryAll` answers where all is well. */
export const ALL_IS_WELL = {
  seen: {
    n: 1000,
    failed: ['error', 'on purpose'],
    early: false,
    wanted: 'wanted',
    late: [true, 'ERR_RUMPUS_TIMEOUT'],
    left: 1,
    squared: 144,
    answer: 42,
    reason: { kind: 'killed' },
    shown: true,
  },
  copied: [true, [1, 2], 0, 5, 'e', 'message.a[0]'],
  crashes: ['a body failed'],
}

/**
 * Counts how often a timer of 10 ms fires while `work` lasts, and the frames that are drawn where there is something to draw.
 *
 * @param {() => Promise<number>} work answers how many messages it had
 */
async function counting(work) {
  let [ticks, frames] = [0, 0]
  const interval = setInterval(() => ticks++, 10)
  const frame = /** @type {any} */ (globalThis).requestAnimationFrame
  const draw = () => {
    frames++
    frame(draw)
  }
  frame?.(draw)
  const messages = await work()
  clearInterval(interval)
  return { ticks, frames, messages }
}

/**
 * The turns of others while nothing happens for so long.
 *
 * @param {number} ms
 */
export const calm = (ms) => counting(() => new Promise((resolve) => setTimeout(resolve, ms, 0)))

/**
 * The same while two processes send to each other without a pause.
 *
 * @param {typeof import('rumpus/portable')} portable
 * @param {number} ms
 */
export const storm = ({ run, send }, ms) =>
  counting(() =>
    run(async (/** @type {AnySelf} */ self) => {
      const until = performance.now() + ms
      const pong = self.spawn(async (/** @type {AnySelf} */ me) => {
        for await (const message of me) send(self.pid, message)
      })
      let messages = 0
      for (; performance.now() < until; messages++) {
        send(pong, messages)
        await self.receive()
      }
      return messages
    }),
  )
