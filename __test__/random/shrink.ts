// Owns how a failing program becomes small: what can be left out while it still fails is left out. Sleeps stay, for they are what
// keeps an outcome determined.

import type { Burst, Program, Script, Step } from './program.ts'

/** How often a program is tried at most. */
const TRIES = 400

const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at)

/** The program with one thing less, in every way there is; the large things first. */
function* smaller(program: Program): Generator<Program> {
  const put = (label: string, bursts: readonly Burst[]): Program => {
    const script: Script = { ...program.scripts[label]!, bursts }
    return { ...program, scripts: { ...program.scripts, [label]: script } }
  }
  const scripts = Object.entries(program.scripts)
  for (const [label, { bursts }] of scripts) if (label !== 'root' && bursts.length > 0) yield put(label, [])
  for (const [label, { bursts }] of scripts) {
    for (let at = 0; at < bursts.length; at++) yield put(label, without(bursts, at))
  }
  for (const [label, { bursts }] of scripts) {
    for (const [at, burst] of bursts.entries()) {
      for (const [i, step] of burst.steps.entries()) {
        const steps: Step[] = without(burst.steps, i)
        if (step[0] !== 'sleep') yield put(label, bursts.with(at, { ...burst, steps }))
      }
    }
  }
}

/** The program without the scripts of those whom nobody spawns. */
const withoutUnborn = (program: Program): Program => {
  const steps = Object.values(program.scripts).flatMap(({ bursts }) => bursts.flatMap((burst) => burst.steps))
  const born = new Set(['root', ...steps.filter(([op]) => op === 'spawn').map(([, label]) => label)])
  return {
    ...program,
    scripts: Object.fromEntries(Object.entries(program.scripts).filter(([label]) => born.has(label))),
  }
}

/** A small program that fails as `program` does. */
export const shrink = async (program: Program, fails: (program: Program) => Promise<boolean>): Promise<Program> => {
  let [best, tries] = [program, 0]
  for (let found = true; found; ) {
    found = false
    for (const candidate of smaller(best)) {
      if (tries++ > TRIES) return withoutUnborn(best)
      if (!(await fails(candidate))) continue
      best = candidate
      found = true
      break
    }
  }
  return withoutUnborn(best)
}
