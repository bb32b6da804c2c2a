import { once } from 'node:events'
import { Agent, createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface DatedProxy extends AsyncDisposable {
  /** The address of what stands behind it, through it. */
  through(address: string): string
}

/**
 * Passes everything on as it came, signatures included, and dates every answer: each S3 says what time it is, which
 * its clients need to correct a clock that is wrong; the server of the tests does not.
 */
export async function startDatedProxy(target: URL): Promise<DatedProxy> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, response) => {
    const { method, url: path, headers } = incoming
    const place = { host: target.hostname, port: target.port, agent }
    const outgoing = send({ ...place, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.once('error', () => response.destroy())
    incoming.pipe(outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    through: (address) =>
      address.replace(encodeURIComponent(target.host), encodeURIComponent(`127.0.0.1:${port}`)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      agent.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
