// The rows of stores: a part of the registry (`rows.js`).

import { FLOOR_ROW, timesFloor } from './reach.js'
import { ERLANG } from './rivals/erlang.js'

/** Where OTP has the same: its `ets`. */
const IN_ERLANG = ['get', 'update-contended']

/**
 * @param {string} name
 * @param {Readonly<Record<string, unknown>>} params
 * @param {number} times
 * @returns {import('./rows.js').Row}
 */
const row = (name, params, times) => ({
  name: `store/${name}`,
  unit: name.startsWith('get') ? 'ns/read' : 'ns/update',
  module: 'store',
  rivals: IN_ERLANG.includes(name) ? ERLANG : [],
  params: { row: `store/${name}`, ...params },
  reach: timesFloor(times),
  needs: FLOOR_ROW,
})

/** @type {readonly import('./rows.js').Row[]} */
export const STORE_ROWS = [
  row('get', { verb: 'get', value: 'record', cores: 1 }, 1.5),
  row('get-number', { verb: 'get', value: 'number', cores: 1 }, 1.5),
  row('get-contended', { verb: 'get', value: 'record', cores: 2 }, 15),
  row('update', { verb: 'update', value: 'number', cores: 1 }, 3),
  row('update-contended', { verb: 'update', value: 'number', cores: 2 }, 15),
]
