// The table of contents of `rumpus/logger`: pino, for processes on all cores. A program that does not import it loads nothing of
// it, nor of pino.

export { Logger, type LoggerOptions, openLogger } from './logger/logger.ts'
