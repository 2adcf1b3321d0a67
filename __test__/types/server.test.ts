// Goal: what a request is answered with is known to the compiler. Method: expressions whose types are compared; the suite has no more to
// run than that they are there.

import { type Asks, call, type Pid, run, type Self } from 'rumpus'
import { Server, type ServerPid, startServer } from 'rumpus/otp'
import { expectTypeOf, it } from 'vitest'

type Take = Asks<number, { type: 'take'; from: string }>
type Show = Asks<string, { type: 'show' }>

class Account extends Server<Take | Show, { add: number }> {
  override handleCall(request: Take | Show): number | string {
    return request.type === 'take' ? 1 : 'shown'
  }
}

it('a reply has the type that its request asks', () =>
  run(
    async (self) => {
      const account = await startServer(self, Account)
      expectTypeOf(account).toEqualTypeOf<ServerPid<Take | Show, { add: number }>>()
      expectTypeOf(await self.call(account, { type: 'take', from: 'a' })).toEqualTypeOf<number>()
      expectTypeOf(await call(account, { type: 'show' })).toEqualTypeOf<string>()
      // @ts-expect-error there is no such request
      await self.call(account, { type: 'give' }).catch(() => {})
    },
    { onCrash: () => {} },
  ))

it('a request that tells nothing is answered with what the pid says', () => {
  const ask = (self: Self<unknown>, pid: Pid<import('rumpus').Call<string, boolean>>): Promise<boolean> =>
    self.call(pid, 'is it so')
  expectTypeOf(ask).returns.resolves.toEqualTypeOf<boolean>()
})
