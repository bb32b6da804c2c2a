import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'

/** Nothing in an estate sends more than this. */
const bodyBytesMax = 64 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyBytesMax) throw new Error(`a body beyond ${bodyBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}

export interface Listening extends AsyncDisposable {
  readonly port: number
}

/** Serves on loopback; whatever a handler throws becomes a 500 with its message. */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listening> {
  return listenOn(
    createServer((request, response) => {
      handle(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy()
        else answer(response, 500, { error: String(error) })
      })
    }),
  )
}

/** Addresses of estates are equally long, so that one can stand in the place of another: ports have five digits. */
const portMin = 10_000
const triesMax = 50

export async function listenOn(server: Server): Promise<Listening> {
  for (let tried = 1; tried <= triesMax; tried += 1) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const port = address === null || typeof address === 'string' ? 0 : address.port
    if (port >= portMin) return listening(server, port)
    await new Promise((resolve) => server.close(resolve))
  }
  throw new Error(`no free port of five digits in ${triesMax} tries`)
}

function listening(server: Server, port: number): Listening {
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
