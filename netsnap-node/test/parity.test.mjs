// What index.d.ts declares is there, and nothing else is.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'

import * as netsnap from '../index.mjs'
import { CASES, ROOT, readJson } from './shared.mjs'

const { camel } = createRequire(import.meta.url)('../lib/convert.js')
const TYPES = await readFile(join(ROOT, 'netsnap-node', 'index.d.ts'), 'utf8')
const VERBS = Object.keys(await readJson(join(CASES, 'verbs.json')))

/** Returns the members of a class in index.d.ts. */
function declared(name) {
  const block = TYPES.match(new RegExp(`export class ${name}\\b[^{]*{\\n(.*?)\\n}`, 's'))[1]
  const found = [...block.matchAll(/^ {2}(?:get |static )?(\w+)(?:<T>)?\(/gm)].map((match) => match[1])
  return new Set(found.filter((member) => member !== 'constructor'))
}

/** Returns the public members of a class that is really there. */
function present(name) {
  return new Set(Object.getOwnPropertyNames(netsnap[name].prototype).filter((member) => !['constructor', 'name'].includes(member)))
}

test('each class has the members that it declares', () => {
  for (const name of ['Netsnap', 'Recorder', 'Inventory', 'Output']) assert.deepEqual(present(name), declared(name), name)
})

test('each name that is exported is declared', () => {
  const found = [...TYPES.matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map((match) => match[1])
  assert.deepEqual(new Set(Object.keys(netsnap)), new Set([...found, 'default']))
})

test('the engine and the recorder have the verbs of every language', () => {
  const engine = VERBS.filter((verb) => !verb.startsWith('run.')).map(camel)
  const recorder = VERBS.filter((verb) => verb.startsWith('run.')).map((verb) => camel(verb.slice(4)))
  assert.deepEqual(present('Netsnap'), new Set(engine))
  assert.deepEqual(present('Recorder'), new Set([...recorder, 'id', 'signal']))
})
