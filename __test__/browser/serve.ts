// Owns a file server for browser tests: one folder, on 127.0.0.1, at a port that the system picks. Never true here: a file
// outside the folder is read, whatever the URL, and wherever a link inside points.

import { readFile, realpath, stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, sep } from 'node:path'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/** A folder that is being served. */
export interface Served {
  /** `http://127.0.0.1:1234`, without a slash at the end. */
  readonly origin: string
  /** What was asked for and was not there, as paths. */
  readonly missing: string[]
  /** Ends the server and its connections. */
  close(): Promise<void>
}

/** The file behind a URL's path, its index if it is a folder; nothing if it is not inside the root. */
export async function fileAt(root: string, path: string): Promise<string | undefined> {
  try {
    const decoded = decodeURIComponent(path)
    if (decoded.includes('\0')) return undefined
    const named = join(root, decoded)
    const file = (await stat(named)).isDirectory() ? join(named, 'index.html') : named
    const [real, home] = [await realpath(file), await realpath(root)]
    return real.startsWith(home + sep) ? real : undefined
  } catch {
    return undefined
  }
}

/** Serves a folder; `headers` go with every answer. */
export async function serve(root: string, headers: Record<string, string> = {}): Promise<Served> {
  const missing: string[] = []
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const file = await fileAt(root, path)
    if (file === undefined) {
      // Browsers ask for it by themselves.
      if (path === '/favicon.ico') return void response.writeHead(204).end()
      missing.push(path)
      return void response.writeHead(404, headers).end('not found')
    }
    const body = await readFile(file)
    response.writeHead(200, { ...headers, 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    response.end(body)
  }
  const server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split(/[?#]/)
    answer(path, response).catch((error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    missing,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
