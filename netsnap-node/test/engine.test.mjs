// The engine as promises: signals, streams, recorders, closing.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import * as esm from '../index.mjs'
import { NetsnapError, Output, open, version } from '../index.mjs'
import { STORES, unless, withSilentDevice, withStore } from './shared.mjs'

const require = createRequire(import.meta.url)


async function withEngine(work) {
  const engine = await open('memory:')
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

test('both kinds of module export the same', () => {
  const cjs = require('../index.js')
  const { default: main, ...named } = esm
  assert.equal(main, cjs)
  assert.deepEqual({ ...named }, cjs)
  assert.equal(version, require('../package.json').version)
})

for (const kind of STORES) {
  test(`what was recorded is read back on ${kind}`, () =>
    withStore(kind, async (url) => {
      const engine = await open(kind === 'files' ? pathToFileURL(url) : url)
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
      const labels = { some_key: 'Zürich', camelCase: 'x' }
      const id = await engine.record('round', { labels, jobId: 'j' }, async (run) => {
        await run.event('hello', { device: 'r1', data: { some_key: { inner_key: 1 } } })
        await run.output('r1', 'show blob', bytes, { startedAt: new Date('2026-01-02T03:04:05.678Z') })
        await run.deviceResult('r1', 'ok', { commandsOk: 1 })
        return run.id
      })
      const execution = await engine.execution(id)
      assert.equal(execution.status, 'succeeded')
      assert.equal(execution.jobId, 'j')
      assert.deepEqual(execution.labels, labels)
      assert.ok(execution.createdAt instanceof Date && execution.endedAt instanceof Date)
      const output = await engine.output(id, 'r1', 'show blob')
      assert.ok(output instanceof Output)
      assert.deepEqual(new Uint8Array(output.bytes), bytes)
      assert.equal(output.summary.startedAt.toISOString(), '2026-01-02T03:04:05.678Z')
      const events = await engine.events(execution)
      assert.deepEqual(events[1].data, { some_key: { inner_key: 1 } })
      assert.ok(events[0].at instanceof Date)
      assert.equal((await engine.deviceResults(id))[0].commandsOk, 1)
      await engine.close()
    }))
}

test('a block that throws is a run that failed, and the error comes out', () =>
  withEngine(async (engine) => {
    let id
    const work = engine.record('bad', async (run) => {
      id = run.id
      throw new RangeError('no good')
    })
    await assert.rejects(work, RangeError)
    const { status, reason } = await engine.execution(id)
    assert.deepEqual([status, reason], ['failed', 'RangeError: no good'])
  }))

test('a run that is asked to end aborts the signal that its recorder gave away', () =>
  withEngine(async (engine) => {
    let reason
    const body = async (run) => {
      assert.equal(run.signal, run.signal)
      assert.equal(run.signal.aborted, false)
      const aborted = new Promise((resolve) => run.signal.addEventListener('abort', resolve, { once: true }))
      const asked = await engine.cancel(run.id, { actor: 'anna', reason: 'the wrong site' })
      // The signal alone keeps no program alive.
      const alive = setTimeout(() => {}, 20_000)
      await aborted
      clearTimeout(alive)
      reason = run.signal.reason
      assert.deepEqual(reason, asked.cancelRequest)
      assert.ok(reason.at instanceof Date)
      return run.finish('cancelled', { reason: reason.reason })
    }
    const run = await engine.record('nightly', body)
    assert.deepEqual([run.status, run.reason], ['cancelled', 'the wrong site'])
    const quiet = await engine.begin('never asked')
    const { signal } = quiet
    await quiet.finish()
    assert.equal(signal.aborted, false)
  }))

test('a block that was cancelled is a run that was cancelled', () =>
  withEngine(async (engine) => {
    let id
    const work = engine.record('stopped', async (run) => {
      id = run.id
      AbortSignal.abort().throwIfAborted()
    })
    await assert.rejects(work, { name: 'AbortError' })
    assert.equal((await engine.execution(id)).status, 'cancelled')
  }))

const skip = unless(Symbol.asyncDispose, 'this Node has no Symbol.asyncDispose')

test('a recorder that leaves its block unfinished ends its run as failed', { skip }, () =>
  withEngine(async (engine) => {
    const run = await engine.begin('left')
    await run[Symbol.asyncDispose]()
    assert.equal((await engine.execution(run.id)).status, 'failed')
    const finished = await engine.begin('finished')
    await finished.finish('partial')
    await finished[Symbol.asyncDispose]()
    assert.equal((await engine.execution(finished.id)).status, 'partial')
  }))

test('a signal cancels work on devices, which is recorded as cancelled', () =>
  withSilentDevice((devices) =>
    withEngine(async (engine) => {
      const controller = new AbortController()
      const live = engine.watch()
      const work = engine.collect(devices, 'show version', { signal: controller.signal, limits: { handshake: 600 } })
      await live.next()
      controller.abort()
      assert.equal((await work).execution.status, 'cancelled')
      await live.return()
    }),
  ))

test('a signal that was given before the call stops it before it begins', () =>
  withEngine(async (engine) => {
    const signal = AbortSignal.abort(new Error('enough'))
    await assert.rejects(engine.current({ signal }), (error) => {
      assert.ok(error instanceof NetsnapError)
      assert.deepEqual([error.code, error.cause.message], ['cancelled', 'enough'])
      return true
    })
    assert.equal((await engine.listExecutions()).items.length, 0)
  }))

test('closing ends the work under way', () =>
  withSilentDevice(async (devices) => {
    const engine = await open('memory:')
    const live = engine.watch()
    const work = engine.collect(devices, ['show version'], { limits: { handshake: 600 } })
    await live.next()
    await engine.close()
    assert.equal((await work).execution.status, 'cancelled')
    await assert.rejects(engine.current(), { code: 'invalid_input', message: /closed/ })
    assert.throws(() => engine.watch(), { code: 'invalid_input' })
    await engine.close()
  }))

test('following sees what was and what is yet to come, in order, across batches', () =>
  withEngine(async (engine) => {
    const run = await engine.begin('long')
    const events = engine.follow(run.id)
    assert.equal((await events.next()).value.kind, 'execution_started')
    for (let number = 0; number < 600; number += 1) await run.event(String(number))
    await run.finish()
    const rest = []
    for await (const event of events) rest.push(event.sequence)
    assert.deepEqual(rest, Array.from({ length: 601 }, (_, index) => index + 2))
  }))

test('an event has what its options say, and nothing else is taken for one', () =>
  withEngine(async (engine) => {
    const run = await engine.begin('options')
    const at = new Date('2026-01-02T03:04:05.678Z')
    const data = { someKey: null, at, gone: undefined }
    const whole = { kind: 'device_started', device: 'r1', level: 'warning', progress: { done: 1, total: 2 }, data }
    assert.equal(await run.event('whole', whole), 2)
    assert.equal(await run.event('bare', { kind: null, device: undefined, level: null, progress: null, data: null }), 3)
    assert.equal(await run.event(null, null), 4)
    assert.equal(await run.event(), 5)
    await assert.rejects(run.event('wrong', { devices: 'r1' }), { code: 'invalid_input', message: /`devices`/ })
    await assert.rejects(run.event('wrong', { kind: 'nonsense' }), { code: 'invalid_input', message: /`nonsense`/ })
    await assert.rejects(run.event('wrong', { data: 1n }), TypeError)
    await run.finish('succeeded')
    await assert.rejects(run.event('late'), { code: 'already_finished' })
    const [, first, ...others] = (await engine.events(run.id)).slice(0, -1)
    assert.deepEqual([first.kind, first.device, first.level, first.progress], Object.values(whole).slice(0, 4))
    assert.deepEqual(first.data, { someKey: null, at: at.toISOString() })
    assert.deepEqual(others.map(({ kind, level, text }) => [kind, level, text]), [
      ['note', 'info', 'bare'],
      ['note', 'info', ''],
      ['note', 'info', ''],
    ])
  }))

for (const level of ['batched', 'strict']) {
  test(`what nobody waits for is recorded in the order in which it was asked for, ${level}`, () =>
    withEngine(async (engine) => {
      const run = await engine.begin('many', { level })
      const numbers = Array.from({ length: 500 }, (_, index) => index)
      const sequences = Promise.all(numbers.map((number) => run.event(String(number))))
      const refused = run.event('wrong', { kind: 'nonsense' }).catch(({ code }) => code)
      const bytes = Buffer.from('up\n')
      const output = run.output('r1', 'show interface', bytes)
      bytes.fill(0)
      const end = run.finish('succeeded')
      const late = run.event('late').catch(({ code }) => code)
      assert.deepEqual(await sequences, numbers.map((number) => number + 2))
      assert.deepEqual(await Promise.all([refused, late]), ['invalid_input', 'already_finished'])
      await output
      assert.equal((await end).status, 'succeeded')
      assert.equal((await engine.output(run.id, 'r1', 'show interface')).text, 'up\n')
    }))
}

test('a long text crosses exactly, and one with half a character is refused', () =>
  withEngine(async (engine) => {
    const before = 'hostname größe 😀\n'.repeat(1000)
    const patch = await engine.diffText(before, `${before}interface ge-0/0/1\0\n`)
    assert.match(patch, /^ hostname größe 😀\n\+interface ge-0\/0\/1\0$/m)
    assert.equal(await engine.diffText(before, before), '')
    const half = { code: 'invalid_input', message: /do not fit/ }
    await assert.rejects(engine.diffText('a', '\ud800'.repeat(5000)), half)
    await assert.rejects(engine.diffText('a', 'a'.repeat(5000), { beforeNaem: 'x'.repeat(5000) }), {
      code: 'invalid_input',
      message: /`before_naem`/,
    })
    const { empty } = await engine.diffConfig('cisco_ios', before, before)
    assert.equal(empty, true)
  }))

test('questions asked at once are answered in order', () =>
  withEngine(async (engine) => {
    const id = await engine.record('three', (run) => run.id)
    const events = engine.follow(id)
    const answers = await Promise.all([events.next(), events.next(), events.next(), events.next()])
    assert.deepEqual(
      answers.map(({ done, value }) => value?.sequence ?? done),
      [1, 2, true, true],
    )
  }))

test('return() ends a stream that waits', () =>
  withEngine(async (engine) => {
    const live = engine.watch()
    const waiting = live.next()
    assert.deepEqual(await live.return('bye'), { done: true, value: 'bye' })
    assert.deepEqual(await waiting, { done: true, value: undefined })
    assert.equal((await live.next()).done, true)
  }))

test('a signal ends a stream that waits', () =>
  withEngine(async (engine) => {
    const run = await engine.begin('goes on')
    const controller = new AbortController()
    const events = engine.follow(run.id, { signal: controller.signal })
    await events.next()
    const waiting = events.next()
    controller.abort()
    await assert.rejects(waiting, { code: 'cancelled' })
    await run.finish()
  }))

test('a run that cannot be followed says so', () =>
  withEngine(async (engine) => {
    await assert.rejects(engine.follow('exec_2020-01-01_000000_00000000').next(), { code: 'not_found' })
    assert.throws(() => engine.follow('nonsense'), { code: 'invalid_input' })
  }))

test('live events name their run', () =>
  withEngine(async (engine) => {
    const live = engine.watch()
    const id = await engine.record('watched', (run) => run.id)
    assert.equal((await live.next()).value.execution, id)
    await live.return()
  }))

test('a program that is done ends by itself, its engine open or not', () => {
  const script = `
    const { open } = require(${JSON.stringify(require.resolve('../index.js'))})
    open('memory:').then(async (engine) => { await engine.record('x', (run) => run.event('y')); await engine.begin('left') })`
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
})

test('a recorder that is collected leaves an interrupted run', () => {
  const script = `
    const { open } = require(${JSON.stringify(require.resolve('../index.js'))})
    open('memory:').then(async (engine) => {
      const id = await (async () => (await engine.begin('forgotten')).id)()
      for (let tries = 0; tries < 500; tries += 1) {
        globalThis.gc()
        if ((await engine.execution(id)).status === 'interrupted') process.exit(0)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      process.exit(1)
    })`
  const { status, stderr } = spawnSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
})
