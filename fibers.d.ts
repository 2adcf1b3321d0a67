// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Fiber } from "./effect.js";
import { Self } from "./index.js";

// js/fibers/native.d.ts
/**
* The fiber of a process: give it to a scope, or whatever else takes a fiber, in its body. Fibers under it run on the scheduler of
* the process, by its turns, and are cancelled when the process must end, with a `ProcessExit` as the cause.
*
* A body may wait in `self.receive` while its fibers wait for other things; `self` itself still waits for one thing at a time.
*
* @param self - what the body was given
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if that is none
* @example
* ```ts
* import { run } from 'rumpus'
* import { fiberOf } from 'rumpus/fibers'
* import { scope } from 'rumpus/structured'
* import assert from 'node:assert/strict'
*
* const sum = await run((self) =>
*   scope(fiberOf(self), async (scope) => {
*     const [a, b] = [1, 2].map((n) => scope.fork(async (fiber) => {
*       await fiber.sleep(n)
*       return n
*     }))
*     return (await a) + (await b)
*   }),
* )
* assert.equal(sum, 3)
* ```
*/
declare const fiberOf: <M>(self: Self<M>) => Fiber;
export { fiberOf };