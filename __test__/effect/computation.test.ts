// Goal: a computation is complete once, its bag of triggers costs what is in it, and a tree is cancelled as one. Method: plain
// calls; none of this needs an executor.

import { execFileSync } from 'node:child_process'
import { Cancelled, Computation, fifo, Trigger } from 'rumpus/effect'
import { describe, expect, it } from 'vitest'

describe('Trigger', () => {
  it('is initial, then awaiting, then signalled for ever, and acts once', () => {
    const trigger = new Trigger()
    let acted = 0
    expect(trigger.isInitial).toBe(true)
    expect(trigger.onSignal(2, (by) => (acted += by))).toBe(true)
    expect(() => trigger.isInitial).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_WAITING' }))
    expect(() => trigger.onSignal(2, () => {})).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_WAITING' }))
    expect(() => trigger.dispose()).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_WAITING' }))
    trigger.signal()
    trigger.signal()
    expect([acted, trigger.isSignalled, trigger.isInitial]).toEqual([2, true, false])
    expect(trigger.onSignal(2, (by) => (acted += by))).toBe(false)
    expect(acted).toBe(2)
  })
})

describe('Computation', () => {
  it('is complete once: what comes first stays', () => {
    const returned = new Computation<number>()
    expect([returned.isRunning, returned.peek()]).toEqual([true, undefined])
    expect(returned.tryReturn(1)).toBe(true)
    expect([returned.tryReturn(2), returned.tryCancel(new Error('late'))]).toEqual([false, false])
    expect([returned.peek(), returned.cancellation]).toEqual([{ value: 1 }, undefined])
    returned.check()

    const reason = new Error('stop')
    const cancelled = new Computation<number>()
    cancelled.cancel(reason)
    cancelled.return(1)
    expect(cancelled.cancellation).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason })
    expect(cancelled.peek()).toEqual({ cancelled: cancelled.cancellation })
    expect(() => cancelled.check()).toThrow(cancelled.cancellation)
  })

  it('signals what is attached when it completes, in order, and refuses more', () => {
    for (const complete of [(one: Computation<number>) => one.return(1), (one: Computation<number>) => one.cancel(1)]) {
      const computation = new Computation<number>()
      const heard: number[] = []
      for (const n of [1, 2, 3]) computation.tryAttach(Trigger.fromAction(n, (n) => heard.push(n)))
      complete(computation)
      expect(heard).toEqual([1, 2, 3])
      expect(computation.tryAttach(new Trigger())).toBe(false)
      expect(computation.held).toBe(0)
    }
  })

  it('tells everybody, whatever an action throws, and throws the first of that', async () => {
    const throws = (message: string) => (): never => {
      throw new Error(message)
    }
    for (const complete of [(one: Computation<number>) => one.return(1), (one: Computation<number>) => one.cancel(1)]) {
      const [parent, child, below] = [new Computation<number>(), new Computation(), new Computation<number>()]
      const [before, after] = [fifo.current(), fifo.current()].map((fiber) =>
        fiber.wait(parent).catch((late) => late.cause),
      )
      parent.tryAttach(Trigger.fromAction(1, throws('first')))
      parent.attachCanceler(child)
      child.tryAttach(Trigger.fromAction(1, throws('below')))
      // Completed by an action, it tells its own first.
      parent.tryAttach(Trigger.fromAction(1, () => below.return(2)))
      below.tryAttach(Trigger.fromAction(1, throws('within')))
      const heard = fifo.current().wait(below)
      const late = fifo
        .current()
        .wait(parent)
        .catch((late) => late.cause)
      expect(() => complete(parent)).toThrow('first')
      expect(await Promise.all([before, after, late, heard])).toEqual([1, 1, 1, 2])
      expect([child.isRunning, child.cancellation]).toEqual(
        parent.cancellation === undefined ? [true, undefined] : [false, parent.cancellation],
      )
    }
    const computation = new Computation()
    for (let n = 0; n < 100; n++) {
      const trigger = Trigger.fromAction(n, throws('detached'))
      computation.tryAttach(trigger)
      expect(() => computation.detach(trigger)).toThrow('detached')
    }
    expect(computation.held).toBeLessThan(4)
  })

  it('throws at the timer what an action throws as the time comes, and all others go on', () => {
    const program = `
      import { Computation, fifo, random, Trigger } from '${new URL('../../dist/effect.js', import.meta.url).href}'
      const told = []
      process.on('uncaughtException', ({ message }) => told.push(message))
      const main = async (fiber) => {
        const late = new Computation()
        late.tryAttach(Trigger.fromAction(1, () => { throw new Error('bad') }))
        fiber.handler.cancelAfter(fiber, late, 1, 'late')
        await fiber.sleep(5)
        told.push(late.cancellation.cause)
      }
      await main(fifo.current())
      await random({ seed: 1 }, main)
      console.log(told.join())`
    const seen = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(seen).toBe('bad,late,bad,late\n')
  })

  it('holds no more than twice what is attached, whatever came and went', () => {
    const computation = new Computation<void>()
    const kept = Array.from({ length: 10 }, () => new Trigger())
    for (const trigger of kept) computation.tryAttach(trigger)
    for (let i = 0; i < 100_000; i++) {
      const trigger = new Trigger()
      computation.tryAttach(trigger)
      computation.detach(trigger)
      if (computation.held > 2 * (kept.length + 1)) expect.fail(`${computation.held} held`)
    }
    computation.cancel('stop')
    expect(kept.every((trigger) => trigger.isSignalled)).toBe(true)
  })

  it('detaches 100 000 in the time of attaching them, in whatever order', () => {
    const computation = new Computation<void>()
    const all = Array.from({ length: 100_000 }, () => new Trigger())
    for (const trigger of all) computation.tryAttach(trigger)
    let looked = 0
    const { filter } = Array.prototype
    // Counts what collecting looks at: linear all together, where a scan a detach would be quadratic.
    Array.prototype.filter = function (this: unknown[], ...args: never[]) {
      looked += this.length
      return Reflect.apply(filter, this, args)
    } as never
    try {
      for (const trigger of all.reverse()) computation.detach(trigger)
    } finally {
      Array.prototype.filter = filter
    }
    expect(computation.held).toBe(0)
    expect(looked).toBeLessThan(4 * all.length)
  })

  it('cancels those that a canceler leads to, with the same object, and none behind a value', () => {
    const [parent, child, grandchild] = [new Computation(), new Computation(), new Computation()]
    parent.attachCanceler(child)
    child.attachCanceler(grandchild)
    parent.cancel(new Error('stop'))
    expect(grandchild.cancellation).toBe(parent.cancellation)
    expect(() => parent.attachCanceler(new Computation())).toThrow(parent.cancellation)

    const [done, free] = [new Computation<number>(), new Computation()]
    done.attachCanceler(free)
    done.return(1)
    expect(free.isRunning).toBe(true)
    expect(() => done.attachCanceler(free)).toThrow(TypeError)
  })

  it('does not reach what was detached', () => {
    const [parent, child] = [new Computation(), new Computation()]
    parent.detach(parent.attachCanceler(child))
    parent.cancel('stop')
    expect(child.isRunning).toBe(true)
  })

  it('marks a whole tree before anybody hears, however deep it is', () => {
    const chain = Array.from({ length: 50_000 }, () => new Computation())
    for (const [at, one] of chain.entries()) if (at > 0) chain[at - 1]!.attachCanceler(one)
    let marked = -1
    chain[0]!.signal.addEventListener('abort', () => {
      marked = chain.filter(({ cancellation }) => cancellation !== undefined).length
    })
    chain[0]!.cancel('stop')
    expect(marked).toBe(chain.length)
  })

  it('is an AbortSignal and a promise to others', async () => {
    const computation = new Computation<number>()
    const { signal } = computation
    const promise = computation.promise()
    computation.cancel(new Error('stop'))
    expect(signal.reason).toBe(computation.cancellation)
    await expect(promise).rejects.toBeInstanceOf(Cancelled)
    expect(computation.signal.aborted).toBe(true)
    const done = new Computation<number>()
    done.return(1)
    expect([await done.promise(), done.signal.aborted]).toEqual([1, false])
    const later = new Computation<number>()
    later.cancel('stop')
    expect(later.signal.reason, 'asked for after the cancellation').toBe(later.cancellation)
  })
})
