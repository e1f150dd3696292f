// Replays the language cases of tests/cases.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'

import { NetsnapError, loadInventory, open } from '../index.mjs'
import { CASES, STORES, readJson, unless, withStore } from './shared.mjs'

const { camel, toSnake } = createRequire(import.meta.url)('../lib/convert.js')
const VERBS = await readJson(join(CASES, 'verbs.json'))
const OPAQUE = new Set(['context', 'data', 'labels', 'parameters', 'parsed', 'platforms'])

/** One replay: an engine, a scratch folder, the run that `begin` began last, and what was kept. */
class Replay {
  kept = {}

  constructor(engine, folder) {
    this.engine = engine
    this.folder = folder
  }

  async step(step) {
    const args = this.filled(step.arguments ?? {})
    if (step.error) {
      const isKind = (error) => error instanceof NetsnapError && error.code === step.error
      return assert.rejects(this.call(step.call, args), isKind, JSON.stringify(step))
    }
    const value = await this.result(step, args)
    if ('expect' in step) {
      assert.ok(holds(value, this.filled(step.expect)), `${JSON.stringify(step)}\ngot ${JSON.stringify(value)}`)
    }
    for (const [name, place] of Object.entries(step.keep ?? {})) this.kept[name] = at(value, place)
  }

  result(step, args) {
    if (step.call === 'record') return this.recorded(args, step)
    if (step.call === 'watch') return this.watched(step)
    if (step.call === 'replaying') return this.inThePast(args, step)
    return this.call(step.call, args)
  }

  async recorded({ name, ...options }, { block, raises }) {
    let id
    const work = this.engine.record(name, camels(options), async (run) => {
      id = run.id
      for (const text of block) await run.event(text)
      if (raises) throw new Error(raises)
    })
    await (raises ? assert.rejects(work, { message: raises }) : work)
    return plain(await this.engine.execution(id))
  }

  async watched({ during, expect }) {
    const live = this.engine.watch()
    for (const step of during) await this.step(step)
    const rows = []
    while (rows.length < expect.length) rows.push((await live.next()).value)
    await live.return()
    return plain(rows)
  }

  async inThePast({ id }, { during }) {
    const present = this.engine
    this.engine = await present.replaying(id)
    for (const step of during) await this.step(step)
    await this.engine.close()
    this.engine = present
    return null
  }

  async call(verb, args) {
    const [target, method] = verb.startsWith('run.') ? [this.run, verb.slice(4)] : [this.engine, verb]
    const positional = VERBS[verb].map((name) => args[name])
    const options = Object.entries(args).filter(([name]) => !VERBS[verb].includes(name))
    const named = camels(Object.fromEntries(options))
    const result = await settled(target[camel(method)](...positional, named))
    if (verb === 'begin') this.run = result
    if (verb === 'begin') return { id: result.id }
    return plain(result)
  }

  filled(value) {
    if (value === '$inventory') return loadInventory(process.env.NETSNAP_TEST_INVENTORY)
    if (typeof value === 'string' && value.startsWith('$folder/')) return join(this.folder, value.slice(8))
    if (typeof value === 'string') return value.startsWith('$') ? (this.kept[value.slice(1)] ?? value) : value
    if (Array.isArray(value)) return value.map((item) => this.filled(item))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.filled(item)]))
  }
}

async function settled(result) {
  return result?.[Symbol.asyncIterator] ? collected(result) : result
}

async function collected(rows) {
  const all = []
  for await (const row of rows) all.push(row)
  return all
}

function camels(value) {
  if (Array.isArray(value)) return value.map(camels)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [camel(name), OPAQUE.has(name) ? item : camels(item)]))
}

/** Returns a result under the names of the cases. */
function plain(result) {
  return result === undefined ? null : toSnake(JSON.parse(JSON.stringify(result)))
}

function holds(value, expected) {
  if (expected === '$any') return value !== null && value !== undefined
  if (Array.isArray(expected)) {
    return value?.length === expected.length && expected.every((item, index) => holds(value[index], item))
  }
  if (expected === null || typeof expected !== 'object') return value === expected || (value === undefined && expected === null)
  if (typeof value === 'string') return Object.entries(expected).every(([word, parts]) => SAYS[word](value, parts))
  return Object.entries(expected).every(([name, item]) => holds(value?.[name], item))
}

// What a text has in it, what it has not, and what its digest is.
const SAYS = {
  $contains: (text, parts) => parts.every((part) => text.includes(part)),
  $lacks: (text, parts) => !parts.some((part) => text.includes(part)),
  $sha256: (text, parts) => parts.every((part) => part === createHash('sha256').update(text).digest('hex')),
}

const at = (value, place) => place.split('.').filter(Boolean).reduce((found, part) => found[part], value)

const rooms = (await readdir(CASES, { withFileTypes: true })).filter((entry) => entry.isDirectory())
for (const room of rooms) {
  for (const file of await readdir(join(CASES, room.name))) {
    const found = await readJson(join(CASES, room.name, file))
    if (!found.steps) continue
    const runs = found.needs !== 'inventory' || process.env.NETSNAP_TEST_INVENTORY
    const skip = unless(runs, 'NETSNAP_TEST_INVENTORY is not set')
    for (const kind of STORES) {
      test(`${room.name}/${file} on ${kind}: ${found.name}`, { skip }, () =>
        withStore(kind, async (url, folder) => {
          const engine = await open(url)
          const replay = new Replay(engine, folder)
          try {
            for (const step of found.steps) await replay.step(step)
          } finally {
            await engine.close()
          }
        }),
      )
    }
  }
}
