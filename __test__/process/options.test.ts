// An option that nobody knows is refused: always where a call is rare, and where it is hot if nothing that is known is set.

import { call, define, offer, registerMessage, run, simulate } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { type AnySelf, oneThread, rejectionOf, started, thrownBy } from './world.ts'

const refused = (message: string) => ({ name: 'TypeError', code: 'ERR_RUMPUS_BAD_ARGUMENT', message })
const typo = { timout: 5 } as never
const wrong = refused('options.timout is no option: did you mean timeout?')
const quiet = define(import.meta.url, 'quiet', async (self: AnySelf) => void (await self.receive()))

describe('an unknown option', () => {
  it('is refused by run, start and simulate', async () => {
    expect(await rejectionOf(run(async () => {}, { oncrash: () => {} } as never))).toMatchObject(
      refused('options.oncrash is no option: did you mean onCrash?'),
    )
    const first = thrownBy(() => simulate({ sed: 1 } as never, async () => {}))
    expect(first).toMatchObject(refused('options.sed is no option: did you mean seed?'))
  })

  it.skipIf(oneThread)('is refused in what watches stalls', async () => {
    const stall = { after: 100 } as never
    expect(await rejectionOf(run(async () => {}, { stall }))).toMatchObject(
      refused('options.stall.after is no option: there are ms, end'),
    )
    expect(await rejectionOf(run(async () => {}, { scheduler: 2 } as never))).toMatchObject(
      refused('options.scheduler is no option: did you mean schedulers?'),
    )
  })

  it('is refused by spawn and with', async () => {
    const { runtime } = await started()
    expect(thrownBy(() => runtime.spawn(async () => {}, { nam: 'x' } as never))).toMatchObject(
      refused('options.nam is no option: did you mean name?'),
    )
    const mailbox = { capacity: 1, overflow: 'offer', size: 3 } as never
    expect(thrownBy(() => runtime.spawn(async () => {}, { mailbox }))).toMatchObject(
      refused('options.mailbox.size is no option: there are capacity, overflow'),
    )
    expect(thrownBy(() => quiet.with({ piority: 'low' } as never))).toMatchObject(
      refused('options.piority is no option: did you mean priority?'),
    )
    expect(thrownBy(() => quiet.with(['low'] as never))).toMatchObject(
      refused('options must be an object, got an array'),
    )
  })

  it('is refused by call, offer, receive, tryReceive and demonitor, in a process and outside', async () => {
    const { runtime } = await started()
    await runtime.run(async (self) => {
      const other = self.spawn(async (me: AnySelf) => void (await me.receive()))
      expect(thrownBy(() => call(other as never, 1, typo))).toMatchObject(wrong)
      expect(thrownBy(() => self.call(other as never, 1, typo))).toMatchObject(wrong)
      expect(thrownBy(() => offer(other, 1, typo))).toMatchObject(wrong)
      expect(thrownBy(() => self.receive(typo))).toMatchObject(wrong)
      expect(thrownBy(() => self.receive([] as never))).toMatchObject(
        refused('options must be an object, got an array'),
      )
      const beside = { match: () => true, timout: 1 } as never
      expect(thrownBy(() => self.receive(beside))).toMatchObject(wrong)
      expect(thrownBy(() => call(other as never, 1, { timeout: 1, timout: 1 } as never))).toMatchObject(wrong)
      expect(thrownBy(() => self.tryReceive({ mtch: () => true } as never))).toMatchObject(
        refused('options.mtch is no option: did you mean match?'),
      )
      const ref = self.monitor(other)
      expect(thrownBy(() => self.demonitor(ref, { flus: true } as never))).toMatchObject(
        refused('options.flus is no option: did you mean flush?'),
      )
      expect(await rejectionOf(self.receive({ timeout: 1, signal: undefined } as never))).toMatchObject({
        code: 'ERR_RUMPUS_TIMEOUT',
      })
    })
  })

  it.skipIf(oneThread)('is refused by registerMessage', () => {
    class Coins {}
    const options = { encode: () => 1, decode: () => new Coins(), nam: 'coins' } as never
    expect(thrownBy(() => registerMessage(Coins, options))).toMatchObject(
      refused('options.nam is no option: did you mean name?'),
    )
  })
})
