// The rows of fibers, of what they share, and of effects: a part of the registry (`rows.js`).

import { atMostAbove, FLOOR_ROW, timesFloor, timesRival, timesRivalAndFaster } from './reach.js'

/** @type {readonly import('./rows.js').Row[]} */
export const FIBER_ROWS = [
  {
    name: 'fiber/fork-join',
    unit: 'ns/fiber',
    module: 'fiber-fork-join',
    rivals: ['floor', 'effect', 'effection'],
    params: { row: 'fiber/fork-join' },
    reach: timesRivalAndFaster(2, 'floor', 5),
  },
  {
    name: 'fiber/memory',
    unit: 'bytes/fiber',
    module: 'fiber-memory',
    rivals: ['floor', 'effect', 'effection'],
    params: { row: 'fiber/memory' },
    reach: atMostAbove(350, 'floor'),
  },
  {
    name: 'fiber/cancel-100k',
    unit: 'ns/fiber',
    module: 'fiber-cancel',
    rivals: ['effect', 'effection'],
    params: { row: 'fiber/cancel-100k' },
    reach: timesFloor(15),
    needs: FLOOR_ROW,
  },
  {
    name: 'sync/mutex',
    unit: 'ns/pair',
    module: 'sync-mutex',
    rivals: ['effect'],
    params: { row: 'sync/mutex' },
    reach: timesFloor(2),
    needs: FLOOR_ROW,
  },
  {
    name: 'sync/stream',
    unit: 'ns/item',
    module: 'sync-stream',
    rivals: ['floor', 'effect', 'effection'],
    params: { row: 'sync/stream' },
    reach: timesRival(1.5, 'floor'),
  },
  {
    name: 'sync/stream-cross',
    unit: 'ns/item',
    module: 'sync-stream-cross',
    rivals: [],
    reach: timesFloor(5),
    needs: FLOOR_ROW,
  },
  {
    name: 'effect/perform',
    unit: 'ns/perform',
    module: 'effect-perform',
    rivals: [],
    params: { clause: 'control' },
    reach: timesFloor(5),
    needs: FLOOR_ROW,
  },
  {
    name: 'effect/answer',
    unit: 'ns/perform',
    module: 'effect-perform',
    rivals: [],
    params: { clause: 'on' },
    reach: timesFloor(2),
    needs: FLOOR_ROW,
  },
]
