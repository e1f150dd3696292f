// What a packed copy says when it cannot be built.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { ROOT } from './shared.mjs'

test('a copy outside the workspace without a module says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netsnap-'))
  await copyFile(join(ROOT, 'netsnap-node', 'build.js'), join(folder, 'build.js'))
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'build.js')], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /outside the netsnap workspace/)
  await rm(folder, { recursive: true })
})

test('a machine without cargo is told so', () => {
  const build = join(ROOT, 'netsnap-node', 'build.js')
  const { status, stderr } = spawnSync(process.execPath, [build], { encoding: 'utf8', env: { PATH: '/nowhere' } })
  assert.equal(status, 1)
  assert.match(stderr, /cargo cannot be started/)
})
