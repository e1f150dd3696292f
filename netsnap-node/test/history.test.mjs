// The verbs of the history in the manner of JavaScript: nouns for ids, URLs, Dates, keys that stay as they are.

import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { open } from '../index.mjs'
import { withStore } from './shared.mjs'

async function withEngine(work) {
  await withStore('files', async (url, folder) => {
    const engine = await open(url)
    try {
      await work(engine, folder)
    } finally {
      await engine.close()
    }
  })
}

async function finished(engine, name, options = {}) {
  const id = await engine.record(name, options, async (run) => {
    await run.output('r1', 'show version', `${name}\n`)
    return run.id
  })
  return engine.execution(id)
}

test('a noun stands for its id', () =>
  withEngine(async (engine) => {
    const [one, two] = [await finished(engine, 'one'), await finished(engine, 'two')]
    assert.deepEqual((await engine.label(one, 'siteName', 'north')).labels, { siteName: 'north' })
    assert.equal((await engine.searchOutput('o', { execution: two })).hits[0].execution, two.id)
    assert.equal((await engine.compareExecutions(one, two)).totals.outputsChanged, 1)
    const kinds = []
    for await (const event of engine.replay(one)) kinds.push(event.kind)
    assert.deepEqual(kinds, ['execution_started', 'command_finished', 'execution_finished'])
  }))

test('filters are written in camel case, and times are Dates', () =>
  withEngine(async (engine) => {
    const run = await finished(engine, 'nightly north', { dryRun: true })
    const filter = {
      all: [
        { name: { startsWith: 'nightly' } },
        { dryRun: true },
        { not: { errorKind: ['drift'] } },
        { durationUs: { atLeast: 0 } },
        { counter: { name: 'failed_devices', atMost: 0 } },
        { created: { from: new Date(run.createdAt.getTime() - 1000), until: new Date(Date.now() + 60_000) } },
      ],
    }
    const page = await engine.listExecutions({ filter, countUpTo: 5 })
    assert.deepEqual([page.items[0].id, page.total], [run.id, { count: 1, capped: false, pages: 1 }])
    assert.ok((await engine.audit({ objectId: run.id })).items[0].at instanceof Date)
    assert.ok((await engine.latestByDevice({ filter: { retryOf: run.id } })).length === 0)
  }))

test('words that are keys stay as they are', () =>
  withEngine(async (engine) => {
    const run = await engine.begin('late')
    await run.finish('timed_out')
    assert.deepEqual((await engine.stats()).byStatus, { timed_out: 1 })
    const report = await engine.prune({ policy: { olderThan: '0s', keepFailedFor: '1d' } })
    assert.deepEqual([report.kept, report.dryRun], [{ keep_failed_for: 1 }, true])
    const pruned = await engine.prune({ policy: { olderThan: '0s' } })
    assert.deepEqual(pruned.byRule, { older_than: 1 })
    assert.ok(pruned.runs[0].createdAt instanceof Date)
  }))

test('values of JSON documents are compared under their own names', () =>
  withEngine(async (engine) => {
    const runs = []
    for (const state of [{ some_key: 1 }, { some_key: 1, other_key: { a_b: 2 } }]) {
      const run = await engine.begin('state')
      await run.output('r1', 'show state', JSON.stringify(state))
      runs.push(await run.finish())
    }
    const { devices } = await engine.compareExecutions(...runs)
    assert.deepEqual(devices[0].outputs[0].json, [{ path: '/other_key', after: { a_b: 2 } }])
  }))

test('a path may be a file: URL', () =>
  withEngine(async (engine, folder) => {
    const run = await finished(engine, 'one')
    const file = join(folder, 'runs.tar')
    const report = await engine.export(pathToFileURL(file), { format: 'bundle', executions: [run] })
    assert.equal(report.bytes, (await stat(file)).size)
    const other = await open('memory:')
    assert.equal((await other.importRuns(pathToFileURL(file))).imported[0].execution, run.id)
    await other.close()
  }))

test('a replay that is left or aborted ends', () =>
  withEngine(async (engine) => {
    const run = await finished(engine, 'one')
    for await (const event of engine.replay(run, { speed: 0.000001 })) {
      assert.equal(event.kind, 'execution_started')
      break
    }
    const abort = new AbortController()
    const events = engine.replay(run, { speed: 0.000001, signal: abort.signal })
    await events.next()
    const waiting = events.next()
    abort.abort()
    await assert.rejects(waiting, { code: 'cancelled', operation: 'replay' })
  }))

test('long work says how far it is', () =>
  withEngine(async (engine, folder) => {
    for (const name of ['one', 'two', 'three']) await finished(engine, name)
    const path = join(folder, 'runs.tar')
    const verbs = {
      export: (options) => engine.export(path, { format: 'bundle', ...options }),
      verify: (options) => engine.verify(options),
      archive: (options) => engine.archive({ dryRun: false, ...options }),
      searchOutput: (options) => engine.searchOutput('o', options),
      importRuns: (options) => engine.importRuns(path, options),
      importText: (options) => engine.importText('PLAY RECAP ***\nr1 : ok=1\n', { dryRun: true, ...options }),
      prune: (options) => engine.prune({ policy: { olderThan: '0s' }, dryRun: false, ...options }),
    }
    for (const [verb, work] of Object.entries(verbs)) {
      const heard = []
      await work({ onProgress: (progress) => heard.push(progress) })
      assert.ok(heard.length > 0, verb)
      const { done, total } = heard.at(-1)
      assert.ok(done === total && total > 0, `${verb}: ${done} of ${total}`)
    }
  }))

test('what hears of progress can stop the work, and a failure is an error as ever', () =>
  withEngine(async (engine) => {
    await finished(engine, 'one')
    const enough = new Error('enough')
    const stop = () => {
      throw enough
    }
    await assert.rejects(engine.verify({ onProgress: stop }), (error) => error === enough)
    await assert.rejects(engine.verify({ limit: 0, onProgress() {} }), { code: 'invalid_input', operation: 'verify' })
    assert.equal((await engine.verify()).errors, 0)
  }))
