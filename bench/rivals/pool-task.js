// What the threads of rivals `piscina` and `tinypool` do.

export { spin as default } from '../spin.js'
