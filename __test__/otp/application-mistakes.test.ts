// Goal: an application that cannot be, options that are none and needs that cannot be met are refused at the call, with the place of the
// mistake and the way to it. Method: one of each.

import { type Application, application, startApplication } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { inside } from '../process/world.ts'

describe('what is wrong is refused at the call, with its place', () => {
  const fine = { name: 'a', start: () => ({}) }
  it.each([
    [5, 'application must be an application'],
    [[], 'applications must be one at least'],
    [[fine, {}], 'applications[1].name must be a name'],
    [[fine, fine], 'applications[1].name must be one that no other has'],
    [{ ...fine, start: 1 }, 'application.start must be a function'],
    [{ ...fine, drain: 1 }, 'application.drain must be a function'],
    [{ ...fine, stop: 1 }, 'application.stop must be a function'],
    [{ ...fine, needs: 'b' }, 'application.needs must be an array of names'],
    [{ ...fine, needs: [1] }, 'application.needs[0] must be the name of an application'],
    [{ ...fine, type: 'often' }, "application.type must be 'permanent', 'transient' or 'temporary'"],
    [{ ...fine, readiness: 'soon' }, "application.readiness must be 'started' or 'told'"],
    [{ ...fine, startTimeout: -1 }, 'application.startTimeout must be a number of milliseconds'],
    [{ ...fine, config: { port: { type: 'port' } } }, 'application.config.port.type must be one of'],
  ])('%j', (given, message) =>
    inside((self) => {
      expect(() => startApplication(self, given as never)).toThrow(message)
      if (!Array.isArray(given)) expect(() => application(given as never)).toThrow(message)
    }),
  )

  it.each([
    [{ deadline: -1 }, 'options.deadline must be a number of milliseconds'],
    [{ config: 1 }, 'options.config must be an object'],
    [{ env: 1 }, 'options.env must be an object'],
    [{ signals: 1 }, 'options.signals must be an emitter of events'],
    [5, 'options must be an object'],
  ])('options %j', (options, message) =>
    inside((self) => {
      expect(() => startApplication(self, fine, options as never)).toThrow(message)
      expect(() => startApplication({} as never, fine)).toThrow('parent must be ')
    }),
  )

  const graph = (needs: Record<string, string[]>): Application[] =>
    Object.entries(needs).map(([name, needs]) => ({ name, needs, start: () => ({}) }))

  it.each([
    [{ a: ['a'] }, 'applications[0].needs[0] must be one that does not need it in turn (a → a), got "a"'],
    [
      { api: ['db', 'jobs'], db: [], jobs: ['mail'], mail: ['api'] },
      'applications[3].needs[0] must be one that does not need it in turn (api → jobs → mail → api), got "api"',
    ],
    [
      { api: ['jobs'], jobs: ['db', 'qeue'], db: [] },
      'applications[1].needs[1] must be the name of an application (api → jobs → qeue), got "qeue"',
    ],
  ])('%j', (needs, message) => inside((self) => expect(() => startApplication(self, graph(needs))).toThrow(message)))

  it('a chain of many is looked through in a moment', () =>
    inside((self) => {
      const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`n${at}`, [`n${at + 1}`]]))
      const long = { ...chain, n20000: [], last: ['x'] }
      expect(() => startApplication(self, graph(long))).toThrow('(last → x), got "x"')
    }))
})
