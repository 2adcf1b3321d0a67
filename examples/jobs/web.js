// What others see of it: takes jobs, shows their outcomes, how it stands, and the metrics. Ordinary request handlers of node:http,
// which ask processes.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { Counter, Registry } from 'prom-client'
import { call } from 'rumpus'
import { attach, exportMetrics } from 'rumpus/telemetry'
import { outcomes } from './attempt.js'
import { log } from './log.js'
import { newId } from './spool.js'
import { isKind } from './work.js'

const BODY_MAX = 64 * 1024

/**
 * The metrics of the program: the runtime's own, and jobs by how they ended.
 *
 * @param {import('rumpus').Runtime} runtime
 */
export function metricsOf(runtime) {
  const register = new Registry()
  const exported = exportMetrics(runtime, { register })
  const jobs = new Counter({
    name: 'jobs_ended_total',
    help: 'Attempts and jobs by how they ended',
    labelNames: ['how'],
    registers: [register],
  })
  const heard = attach('jobs:ended', (_name, data) => jobs.inc({ how: /** @type {{ how: string }} */ (data).how }))
  return {
    register,
    close() {
      heard.detach()
      exported.detach()
    },
  }
}

/**
 * @param {object} parts
 * @param {import('./spool.js').Spool} parts.spool
 * @param {Registry} parts.register
 * @param {import('rumpus/otp').Applications} parts.applications
 */
export function makeServer({ spool, register, applications }) {
  /** @type {Record<string, (request: import('node:http').IncomingMessage, id: string) => Promise<[number, unknown]>>} */
  const routes = {
    'GET /health': async () => {
      const health = applications.health()
      return [health.ready ? 200 : 503, health]
    },
    'GET /metrics': async () => [200, await register.metrics()],
    'GET /jobs': async () => [200, await call('queue', 'status', { timeout: 5_000 })],
    'GET /jobs/:id': async (_request, id) => {
      const outcome = outcomes.get(id)
      return outcome === undefined ? [404, { error: 'no such job, or it is not over' }] : [200, outcome]
    },
    'POST /jobs': async (request) => {
      const { kind, input = {} } = JSON.parse(await bodyOf(request))
      if (!isKind(kind)) return [400, { error: `there is no kind ${JSON.stringify(kind)}` }]
      const id = newId()
      await spool.add({ id, kind, input })
      await call('queue', 'scan', { timeout: 5_000 })
      return [202, { id }]
    },
  }
  return createServer(async (request, response) => {
    const [, first = '', id] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/')
    const route = routes[`${request.method} /${first}${id === undefined ? '' : '/:id'}`]
    try {
      const [status, body] = route === undefined ? [404, { error: 'nothing here' }] : await route(request, id ?? '')
      const isText = typeof body === 'string'
      response.writeHead(status, { 'content-type': isText ? register.contentType : 'application/json' })
      response.end(isText ? body : JSON.stringify(body))
    } catch (error) {
      const status = error instanceof SyntaxError ? 400 : 503
      if (status === 503) log.here.error({ err: error }, 'a request failed')
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: /** @type {Error} */ (error).message }))
    }
  })
}

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > BODY_MAX) throw new SyntaxError('the body is too long')
  }
  return text
}

/**
 * Listens; answers at which port.
 *
 * @param {import('node:http').Server} server
 * @param {number} port
 */
export async function listen(server, port) {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port
}
