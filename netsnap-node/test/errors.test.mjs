// Each kind of error is a code, with everything that is known about it.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'

import { NetsnapError, open } from '../index.mjs'
import { CASES, readJson } from './shared.mjs'

const require = createRequire(import.meta.url)
const { native } = require('../lib/native.js')
const { wrap } = require('../lib/error.js')
const KINDS = await readJson(join(CASES, 'errors', 'kinds.json'))

test('the table of the module is the shared one', () => {
  assert.deepEqual(
    native.errorKinds(),
    KINDS.map(({ kind, retryable }) => ({ kind, retryable })),
  )
})

for (const { kind, retryable } of KINDS) {
  test(`${kind} crosses with everything that is known`, () => {
    const report = {
      kind,
      message: 'it went wrong',
      operation: 'deploy',
      context: { some_key: 'r1' },
      hint: 'do something',
      effect: 'indeterminate',
      retryable,
    }
    const error = wrap(new Error(JSON.stringify(report)))
    assert.ok(error instanceof NetsnapError && error instanceof Error)
    assert.equal(error.name, 'NetsnapError')
    assert.equal(error.code, kind)
    assert.equal(error.message, 'it went wrong')
    assert.equal(error.retryable, retryable)
    assert.equal(error.hint, 'do something')
    assert.equal(error.effect, 'indeterminate')
    assert.deepEqual(error.context, { some_key: 'r1' })
    assert.equal(NetsnapError.from(report).code, kind)
  })
}

test('what is no error of the engine stays what it is', () => {
  for (const error of [new TypeError('mine'), new Error('{"not": "a report"}'), new Error('[1')]) assert.equal(wrap(error), error)
})

test('a failed call says what and where', async () => {
  const engine = await open('memory:')
  await assert.rejects(engine.execution('exec_2020-01-01_000000_00000000'), (error) => {
    assert.equal(error.code, 'not_found')
    assert.equal(error.context.execution, 'exec_2020-01-01_000000_00000000')
    assert.ok(error.operation)
    assert.match(error.stack, /errors\.test\.mjs/)
    return true
  })
  await engine.close()
})

test('an option that does not exist is refused', async () => {
  const engine = await open('memory:')
  await assert.rejects(engine.listExecutions({ pageSize: 2 }), { code: 'invalid_input', message: /page_size/ })
  await engine.close()
})

test('an unknown store is unsupported', () => assert.rejects(open('ftp://example.org/runs'), { code: 'unsupported' }))

test('a lease that is no time is refused', () =>
  assert.rejects(open('postgres://h/d?netsnap_lease=soon'), { code: 'invalid_input' }))
