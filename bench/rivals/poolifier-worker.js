// What the threads of rival `poolifier` do.

import { ThreadWorker } from 'poolifier'
import { spin } from '../spin.js'

export default new ThreadWorker((/** @type {number | undefined} */ blocks) => spin(blocks ?? 0))
