// The declarations by the compiler that reads them: they are whole, and a program that uses them is checked by them.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { ROOT } from './shared.mjs'

const PACKAGES = process.env.NETSNAP_TYPESCRIPT
const HERE = join(ROOT, 'netsnap-node')
const OPTIONS = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', 'node']

/** Returns what the compiler finds wrong with some files. */
function wrong(files) {
  const compiler = join(PACKAGES, 'typescript', 'bin', 'tsc')
  const where = ['--typeRoots', join(PACKAGES, '@types')]
  const done = spawnSync(process.execPath, [compiler, ...OPTIONS, ...where, ...files], { cwd: HERE, encoding: 'utf8' })
  return done.stdout + done.stderr
}

const skip = !PACKAGES && 'NETSNAP_TYPESCRIPT is not set'

test('each declaration is whole', { skip }, async () => {
  const files = (await readdir(HERE)).filter((name) => name.endsWith('.d.ts'))
  assert.ok(files.length > 5)
  assert.equal(wrong(files), '')
})

test('a program is checked by the declarations', { skip }, () => assert.equal(wrong(['test/types.ts']), ''))
