// Stores as others see them: entries under keys, which every scheduler reads and writes without a message. Owns how a store is found
// again, by a handle or a name; what is in it is Rust's, and so outlives every thread. Never true here: an object that two processes
// share. What is put is copied, and so is what is read.

import { badArgument, RumpusError } from '../errors.ts'
import { GONE } from '../kernel/store/door.ts'
import type { StoreKey, StorePattern } from '../kernel/store/keys.ts'
import { giveStore, setHeir } from '../kernel/store/post-store.ts'
import {
  STORE_CHANGED,
  STORE_CLEAR,
  STORE_COUNT,
  STORE_DELETE,
  STORE_DONE,
  STORE_HAS,
  STORE_NO_NUMBER,
} from '../kernel/store/words.ts'
import { checkName } from '../process/names.ts'
import type { Pid } from '../types.ts'
import { starterOf } from './starting.ts'
import { createFor, viewOf } from './store-making.ts'
import { StorePlace, showKey } from './store-place.ts'
import {
  checkNumber,
  refuseNothing,
  type StoreHandle,
  type StoreOptions,
  type StoreOwner,
  type StoreView,
} from './store-shapes.ts'

/** So often an update is tried. */
const TRIES = 10_000

/**
 * A table of values by keys that every process of a runtime reads and writes, on every core, at once: no message, no promise, no server
 * in between. Its data lie outside the heaps of all threads: they are there for all when `put` returns, and a thread that dies takes
 * nothing along. It belongs to a process, and ends with it unless that has named an heir; or to the runtime.
 *
 * For what many read and some write: sessions, caches, counters, results. Not for a value that changes by rules: a server, which has
 * them in one place; not for large values that are read often: each read makes a new one, as a message would.
 *
 * **Keys** are texts, numbers (pids too), bigints, and lists of up to 64 of these, booleans and null; 1024 bytes at most. They are
 * compared by value. **Values** are what can cross, except `undefined`, which is what is under a key where nothing is. What is read is
 * a copy, one's own to change; to change what is in the store, put it again, or `update`.
 *
 * Making one of these starts nothing: it finds a store that {@link Store.create} has made, by its name or its handle. By its name it
 * finds whichever store has that now, at each call: also the one that a restarted owner has made.
 *
 * Every operation on one key is atomic, and in one order for all threads. All throw RumpusError `ERR_RUMPUS_NO_STORE` where the store has
 * ended, TypeError `ERR_RUMPUS_BAD_ARGUMENT` and RangeError `ERR_RUMPUS_OUT_OF_RANGE` for what is no key.
 *
 * @example
 * ```ts
 * import { define, run, send } from 'rumpus'
 * import { Store } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const hits = new Store('hits')
 * const visitor = define(import.meta.url, 'visitor', async (self, to, page) => {
 *   hits.add(page)
 *   hits.update(['pages', 'all'], (pages = []) => (pages.includes(page) ? pages : [...pages, page].sort()))
 *   send(to, 'done')
 * })
 *
 * await run(async (self) => {
 *   Store.create(self, { name: 'hits' })
 *   for (const page of ['/', '/about', '/']) self.spawn(visitor, self.pid, page)
 *   for (let i = 0; i < 3; i++) await self.receive()
 *   assert.equal(hits.get('/'), 2)
 *   assert.deepEqual(hits.get(['pages', 'all']), ['/', '/about'])
 * })
 * ```
 */
export class Store<Key extends StoreKey = StoreKey, Value = unknown> {
  private readonly at: StorePlace

  /**
   * @param found - its name, or its handle
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
   */
  constructor(found: string | StoreHandle<Key, Value>) {
    if (typeof found === 'string') checkName('found', found)
    else if (!Number.isSafeInteger(found) || found <= 0) {
      throw badArgument(TypeError, 'found', 'a name or a handle of a store', found)
    }
    this.at = new StorePlace(found)
  }

  /**
   * Makes a store.
   *
   * @param owner - whose it is: a process, with which it ends, or is its heir's; or the runtime
   * @param options - its name, its heir, its limits
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_NAME_TAKEN`, its `cause`
   * being `{ pid, store }`, `ERR_RUMPUS_NOPROC` if the process must end, UncrossableError for `heirData`
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { Store } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const cache = Store.create(self, { maxEntries: 2, overflow: 'drop-oldest' })
   *   cache.put('a', 1).put('b', 2).put('c', 3)
   *   assert.deepEqual([...cache.keys()].sort(), ['b', 'c'])
   * })
   * ```
   */
  static create<Key extends StoreKey = StoreKey, Value = unknown>(
    owner: StoreOwner,
    options: StoreOptions = {},
  ): Store<Key, Value> {
    return new Store<Key, Value>(createFor(owner, options) as StoreHandle<Key, Value>)
  }

  /**
   * The number by which others find it, on any scheduler: `new Store(handle)`. Plain data; one that is found by its name needs none.
   *
   * @throws as all do, if it is found by a name
   */
  get handle(): StoreHandle<Key, Value> {
    const { found } = this.at
    return (typeof found === 'number' ? found : this.at.opened().id) as StoreHandle<Key, Value>
  }

  /**
   * What is under a key, a copy; `undefined` where nothing is.
   *
   * @param key - the key
   * @throws RumpusError `ERR_RUMPUS_UNKNOWN_MESSAGE` if this thread does not know a class of what is there
   */
  get(key: Key): Value | undefined {
    for (;;) {
      const store = this.at.opened()
      const value = store.door.get(store.place, key)
      if (value !== GONE) return value as Value | undefined
      this.at.lost(store)
    }
  }

  /**
   * Whether anything is under a key.
   *
   * @param key - the key
   */
  has(key: Key): boolean {
    return this.at.ask(STORE_HAS, key) === STORE_DONE
  }

  /**
   * Puts a value under a key, in place of what is there. When this returns it is there for all, whatever becomes of this thread.
   *
   * @param key - the key
   * @param value - anything that can cross, but not `undefined`
   * @throws UncrossableError, RumpusError `ERR_RUMPUS_STORE_FULL` if there is no room
   */
  put(key: Key, value: Value): this {
    refuseNothing(value)
    for (;;) {
      const store = this.at.opened()
      const status = store.door.put(store.place, key, value)
      if (status === STORE_DONE) return this
      this.at.refused(status, store, key)
    }
  }

  /**
   * Puts a value under a key where nothing is.
   *
   * @param key - the key
   * @param value - as of {@link Store.put}
   * @returns whether nothing was there
   * @throws as {@link Store.put}
   */
  putNew(key: Key, value: Value): boolean {
    refuseNothing(value)
    for (;;) {
      const store = this.at.opened()
      const status = store.door.putNew(store.place, key, value)
      if (status === STORE_DONE || status === STORE_CHANGED) return status === STORE_DONE
      this.at.refused(status, store, key)
    }
  }

  /**
   * Changes what is under a key, atomically: what `change` answers is put only if nobody has changed it since it was read. Otherwise `change` is
   * called again, with what is there then: let it be short, and have no effect of its own. For sums {@link Store.add} is cheaper.
   *
   * @param key - the key
   * @param change - is given a copy of what is there, or `undefined`; answers what is to be there, `undefined` for nothing
   * @returns what is there now
   * @throws what `change` throws, and nothing has changed then; as {@link Store.put}; RumpusError `ERR_RUMPUS_CONTENDED` if others were
   * faster 10 000 times, as when `change` itself writes under the key
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { Store } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const accounts = Store.create(self)
   *   accounts.put('ada', { cents: 500, open: true })
   *   const pay = (cents) => accounts.update('ada', (account) => ({ ...account, cents: account.cents - cents }))
   *   assert.equal(pay(120).cents, 380)
   * })
   * ```
   */
  update(key: Key, change: (value: Value | undefined) => Value | undefined): Value | undefined {
    if (typeof change !== 'function') throw badArgument(TypeError, 'change', 'a function', change)
    for (let tries = 0; tries < TRIES; ) {
      const store = this.at.opened()
      const { door } = store
      const before = door.get(store.place, key)
      if (before === GONE) {
        this.at.lost(store)
        continue
      }
      const { stampLow, stampHigh } = door
      const after = change(before as Value | undefined)
      if (after === undefined && stampLow === 0 && stampHigh === 0) return undefined
      const status = door.putIf(store.place, key, after, stampLow, stampHigh)
      if (status === STORE_DONE) return after
      if (status === STORE_CHANGED) tries++
      else this.at.refused(status, store, key)
    }
    const message = `the entry under ${showKey(key)} was changed by others ${TRIES} times while it was being updated`
    throw new RumpusError('ERR_RUMPUS_CONTENDED', message)
  }

  /**
   * Adds to the number under a key, atomically.
   *
   * @param key - the key
   * @param by - how much; 1 unless given
   * @param initial - to what, where nothing is; 0 unless given
   * @returns the sum
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if what is there is no number; as {@link Store.put}
   */
  add(key: Key, by = 1, initial = 0): number {
    checkNumber('by', by)
    checkNumber('initial', initial)
    for (;;) {
      const store = this.at.opened()
      const status = store.door.add(store.place, key, by, initial)
      if (status === STORE_DONE) return store.door.sum
      if (status === STORE_NO_NUMBER) {
        throw badArgument(TypeError, `the value under ${showKey(key)}`, 'a number, to be added to', this.get(key))
      }
      this.at.refused(status, store, key)
    }
  }

  /**
   * What is under a key, and it is there no more: of several who take, one has it.
   *
   * @param key - the key
   * @throws as {@link Store.get}; it is gone then, too
   */
  take(key: Key): Value | undefined {
    for (;;) {
      const store = this.at.opened()
      const value = store.door.take(store.place, key)
      if (value !== GONE) return value as Value | undefined
      this.at.lost(store)
    }
  }

  /**
   * Takes away what is under a key.
   *
   * @param key - the key
   * @returns whether anything was there
   */
  delete(key: Key): boolean {
    return this.at.ask(STORE_DELETE, key) === STORE_DONE
  }

  /**
   * How many entries there are, or whose keys fit a pattern, which takes a look at every key. While others write it is a figure of no one
   * moment: who was there throughout is counted, once.
   *
   * @param pattern - which keys
   */
  count(pattern?: StorePattern): number {
    return this.at.many(STORE_COUNT, pattern)
  }

  /**
   * Takes all entries away, or those whose keys fit a pattern: each by itself, while others may write.
   *
   * @param pattern - which keys
   * @returns how many
   */
  clear(pattern?: StorePattern): number {
    return this.at.many(STORE_CLEAR, pattern)
  }

  /**
   * Entries as pairs of key and value, in no order. Others may write meanwhile: an entry that is there from the first step to the last is
   * given once, no key is given twice, and what comes, changes or goes meanwhile may be given as it is or not at all.
   *
   * @param pattern - which keys; every key is looked at
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { anything, Store } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const store = Store.create(self)
   *   store.put(['ada', 'tea'], 3).put(['ada', 'milk'], 1).put(['bob', 'tea'], 2)
   *   assert.deepEqual(Object.fromEntries([...store.entries(['ada', anything])].map(([[, what], n]) => [what, n])), { tea: 3, milk: 1 })
   * })
   * ```
   */
  entries(pattern?: StorePattern): IterableIterator<[Key, Value]> {
    return this.at.walk(pattern, false) as IterableIterator<[Key, Value]>
  }

  /** The same, for `for (const [key, value] of store)`. */
  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.entries()
  }

  /**
   * The keys of {@link Store.entries}, without making the values.
   *
   * @param pattern - which keys
   */
  *keys(pattern?: StorePattern): IterableIterator<Key> {
    for (const [key] of this.at.walk(pattern, true)) yield key as Key
  }

  /** The values of {@link Store.entries}. */
  *values(pattern?: StorePattern): IterableIterator<Value> {
    for (const [, value] of this.at.walk(pattern, false)) yield value as Value
  }

  /** What is to be seen of it. */
  inspect(): StoreView {
    return viewOf(this.at.shown())
  }

  /**
   * Names who has it when its owner has ended; nobody, unless given. An heir that has ended by then, or must, has nothing, and the store
   * ends. Who inherits it owns it, names an heir of its own, and gets a {@link StoreTransfer}, before any news of that end.
   *
   * @param owner - whose it is, as of {@link Store.create}
   * @param heir - who has it then
   * @param data - what that one is told; it must be able to cross
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_NOT_OWNER`, UncrossableError
   * @example
   * ```ts
   * import { run } from 'rumpus'
   * import { Store } from 'rumpus/otp'
   * import assert from 'node:assert/strict'
   *
   * await run(async (self) => {
   *   const owner = self.spawn(async (me) => {
   *     const results = Store.create(me, { heir: self.pid, heirData: 'the results' })
   *     results.put('answer', 42)
   *     throw new Error('a crash')
   *   })
   *   const { type, store, from, data } = await self.receive()
   *   assert.deepEqual([type, from, data], ['store-transfer', owner, 'the results'])
   *   assert.equal(new Store(store).get('answer'), 42)
   * }, { onCrash() {} })
   * ```
   */
  setHeir(owner: StoreOwner, heir?: Pid<never>, data?: unknown): void {
    const { kernel, process } = starterOf(owner)
    setHeir(kernel, this.at.whole(), process?.pid ?? 0, heir ?? 0, data)
  }

  /**
   * Gives it to another process, which owns it when this returns, and gets a {@link StoreTransfer}. The heir is forgotten.
   *
   * @param owner - whose it is, as of {@link Store.create}
   * @param to - whose it is then
   * @param data - what that one is told; it must be able to cross
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_NOT_OWNER`, `ERR_RUMPUS_NOPROC`, UncrossableError
   */
  give(owner: StoreOwner, to: Pid<never>, data?: unknown): void {
    const { kernel, process } = starterOf(owner)
    giveStore(kernel, this.at.whole(), process?.pid ?? 0, to as number, data)
  }

  /**
   * Ends it and frees its memory, whosever it is: for whom it is no longer there, and its heir hears nothing.
   *
   * @returns false if it had ended
   */
  end(): boolean {
    const { id, kernel } = this.at
    return id !== 0 && kernel.handle.endStore(id)
  }
}
