'use strict'
// An open engine: each verb names its arguments, the native half does the work.

const { fromJson, nameOf, runOf, toJson } = require('./convert.js')
const { calling, cancelled, wrap } = require('./error.js')
const { Events } = require('./events.js')
const { nativeOf, pathOf } = require('./inventory.js')
const { native } = require('./native.js')
const { Output } = require('./output.js')
const { Recorder, during } = require('./recorder.js')

/** An open engine. Every verb takes a `signal` in its options. */
class Netsnap {
  #native

  constructor(engine) {
    this.#native = engine
  }

  /** Returns a run. */
  execution(id, options) {
    return this.#call('execution', { ...options, id: nameOf(id) })
  }

  /** Returns a page of runs, newest first. Its `cursor` leads to the next page. */
  listExecutions(options) {
    return this.#call('list_executions', { ...options })
  }

  /** Returns the newest finished run, or `null`. */
  current(options) {
    return this.#call('current', { ...options })
  }

  /** Returns how each device ended in a run. */
  deviceResults(id, options) {
    return this.#call('device_results', { ...options, id: nameOf(id) })
  }

  /** Returns events of a run from the sequence number `start` on, at most `limit` (1000). */
  events(id, options) {
    return this.#call('events', { ...options, id: nameOf(id) })
  }

  /** Returns the outputs of a run, without their bytes. */
  outputs(id, options) {
    return this.#call('outputs', { ...options, id: nameOf(id) })
  }

  /** Returns the newest output of a command on a device, with its exact bytes. */
  output(id, device, command, options) {
    return this.#call('output', { ...options, id: nameOf(id), device, command })
  }

  /** Runs commands on many devices and records each output. A device that fails is a result, not an error. */
  collect(devices, commands, options) {
    return this.#call('collect', { ...options, commands: [commands].flat() }, devices)
  }

  /** Captures the running configuration of many devices, each as a snapshot. */
  capture(devices, options) {
    return this.#call('capture', { ...options }, devices)
  }

  /** Returns a snapshot. */
  snapshot(id, options) {
    return this.#call('snapshot', { ...options, id: nameOf(id) })
  }

  /** Returns the exact text of a snapshot. */
  snapshotText(id, options) {
    return this.#call('snapshot_text', { ...options, id: nameOf(id) })
  }

  /** Returns a page of the snapshots of a subject (the name of a device), newest first. */
  history(subject, options) {
    return this.#call('history', { ...options, subject })
  }

  /** Returns the difference of two texts in unified form; empty when they are equal. */
  diffText(before, after, options) {
    return this.#call('diff_text', { ...options, before, after })
  }

  /** Returns the structural difference of two configurations of a platform. */
  diffConfig(platform, before, after, options) {
    return this.#call('diff_config', { ...options, platform, before, after })
  }

  /** Freezes the change from what devices are to what they should become, and proves it. */
  plan(targets, options) {
    return this.#call('plan', { ...options, targets: targetList(targets) })
  }

  /** Returns a plan that was made before. */
  loadPlan(id, options) {
    return this.#call('load_plan', { ...options, id: nameOf(id) })
  }

  /** Carries out a plan. Drift, refusals and failed checks are in the result, device by device. */
  deploy(plan, devices, options) {
    return this.#call('deploy', { ...options, plan: nameOf(plan) }, devices)
  }

  /** Returns what a deployment did. */
  deployment(id, options) {
    return this.#call('deployment', { ...options, id: runOf(id) })
  }

  /** Takes a deployment back, from what the devices are now. */
  rollback(deployment, devices, options) {
    return this.#call('rollback', { ...options, deployment: runOf(deployment) }, devices)
  }

  /** Returns a page of HTML about one run or several. */
  report(executions, options) {
    return this.#call('report', { ...options, executions: [executions].flat().map(runOf) })
  }

  /** Begins a run of one's own. Without `finish` it ends interrupted. */
  async begin(name = '', options = {}) {
    const beginning = { ...options, name, parent: runOf(options.parent) }
    return new Recorder(await settled(() => this.#native.begin(toJson(beginning))))
  }

  /** Records a block of code as a run: succeeded at its end, failed when it throws. Returns what the block returns. */
  async record(name, ...rest) {
    const body = rest.pop()
    const run = await this.begin(name, ...rest)
    return during(run, body)
  }

  /** Iterates over the events of a run, those to come included, until the run has ended. */
  follow(id, { start, signal } = {}) {
    const question = toJson({ id: nameOf(id), start })
    return new Events(calling(() => this.#native.follow(question)), signal)
  }

  /** Iterates over what happens from now on in every run of this engine, until the engine is closed. */
  watch({ signal } = {}) {
    return new Events(calling(() => this.#native.watch()), signal)
  }

  /** Stops the work under way, waits until it has ended in order, and lets go of the store. */
  close() {
    return settled(() => this.#native.close())
  }

  async #call(verb, { signal, ...options }, devices) {
    if (signal?.aborted) throw cancelled(verb, signal.reason)
    const cancellation = this.#native.cancellation()
    const cancel = () => cancellation.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const inventory = devices === undefined ? undefined : nativeOf(devices)
      return received(await this.#native.call(verb, toJson(options), cancellation, inventory))
    } catch (error) {
      throw wrap(error, signal?.aborted ? { cause: signal.reason } : undefined)
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  static {
    if (Symbol.asyncDispose) this.prototype[Symbol.asyncDispose] = this.prototype.close
  }
}

/** Opens an engine on a store: a folder, `sqlite:runs.db` or `memory:`. */
async function open(url) {
  return new Netsnap(await settled(() => native.Engine.open(pathOf(url))))
}

async function settled(work) {
  try {
    return await work()
  } catch (error) {
    throw wrap(error)
  }
}

function received({ json, bytes }) {
  const value = fromJson(json)
  return bytes ? new Output(value.summary, bytes, value.parsed) : value
}

function targetList(targets) {
  if (Array.isArray(targets)) return targets
  return Object.entries(targets).map(([device, intended]) => ({ device, intended }))
}

module.exports = { Netsnap, open }
