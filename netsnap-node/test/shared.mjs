// What the tests share: stores of every kind, the cases, and a device that never answers.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const CASES = join(ROOT, 'tests', 'cases')
export const STORES = ['memory', 'files', 'sqlite']

/** Says why a test is left out, for its options; throws where everything must run. */
export function unless(condition, why) {
  if (condition) return false
  if (process.env.NETSNAP_TEST_EVERYTHING) throw new Error(`this has to run here, and cannot: ${why}`)
  return why
}

export const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'))

/** Gives the address of a new store of a kind and the folder around it, for as long as the work takes. */
export async function withStore(kind, work) {
  const folder = await mkdtemp(join(tmpdir(), 'netsnap-'))
  const address = { memory: 'memory:', files: join(folder, 'data'), sqlite: `sqlite:${join(folder, 'runs.db')}` }
  try {
    return await work(address[kind], folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Gives a device whose port accepts and then says nothing. */
export async function withSilentDevice(work) {
  const sockets = new Set()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  try {
    return await work([{ name: 'silent', host: '127.0.0.1', port, username: 'nobody', password: 'hunter2', platform: 'frr' }])
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
