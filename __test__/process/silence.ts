// A server on this machine that takes requests and never answers: what `fetch` waits for. Owns what it tells of them: that
// one has come, that it was given up.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Such a server. */
export interface Silence {
  readonly url: string
  close(): Promise<void>
}

/** Listens; requests are told by the number that is their path. */
export async function listening(told: (what: 'ready' | 'hungUp', key: number) => void): Promise<Silence> {
  let isOver = false
  const server = createServer(({ url }, answer) => {
    const key = Number(url?.slice(1))
    answer.on('close', () => {
      if (!isOver) told('hungUp', key)
    })
    told('ready', key)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        isOver = true
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
