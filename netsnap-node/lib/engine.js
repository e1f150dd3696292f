'use strict'
// An open engine: each verb names its arguments, the native half does the work.

const { nameOf, runOf, snake, toJson } = require('./convert.js')
const { calling, cancelled, wrap } = require('./error.js')
const { Events } = require('./events.js')
const { nativeOf, pathOf } = require('./inventory.js')
const { native } = require('./native.js')
const { received } = require('./output.js')
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

  /** Returns a page of runs, newest first. Its `cursor` leads to the next page, its `total` says how many fit. */
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
    return this.#call('collect', { ...options, commands: [commands].flat(), replay: runOf(options?.replay) }, devices)
  }

  /** Captures the running configuration of many devices, each as a snapshot. */
  capture(devices, options) {
    return this.#call('capture', { ...options }, devices)
  }

  /** Keeps a running configuration that another tool read, as a snapshot of its device. */
  keepConfiguration(device, platform, text, options) {
    return this.#call('keep_configuration', { ...options, device, platform, text })
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

  /** Returns the difference of two texts, as `diff -u` writes it when no `format` is asked for. */
  diffText(before, after, options) {
    return this.#call('diff_text', { ...options, before, after })
  }

  /** Returns the structural difference of two configurations of a platform, at most `limit` changes: the rest is counted. */
  diffConfig(platform, before, after, options) {
    return this.#call('diff_config', { ...options, platform, before, after })
  }

  /** Puts a table of a platform in the place of the one with its name, or beside the others, for this process. */
  loadPlatform(table, options) {
    return this.#call('load_platform', { ...options, table })
  }

  /** Freezes the change from what devices are to what they should become, and proves it. */
  plan(targets, options) {
    return this.#call('plan', { ...options, targets: targetList(targets) })
  }

  /** Returns a plan that was made before. */
  loadPlan(id, options) {
    return this.#call('load_plan', { ...options, id: nameOf(id) })
  }

  /** Looks at a plan before it is carried out, without asking a device. */
  validatePlan(id, options) {
    return this.#call('validate_plan', { ...options, id: nameOf(id) })
  }

  /** Does the same and asks each device whether the plan would get through. Nothing is changed. */
  checkPlan(plan, devices, options) {
    return this.#call('check_plan', { ...options, plan: nameOf(plan) }, devices)
  }

  /** Records that somebody agrees that this very plan be carried out. It is audited. */
  approvePlan(id, options) {
    return this.#call('approve_plan', { ...options, id: nameOf(id) })
  }

  /** Returns who agreed to a plan, the first one first. */
  approvals(id, options) {
    return this.#call('approvals', { ...options, id: nameOf(id) })
  }

  /** Shows a plan for a terminal, a ticket or on a page. Secrets are masked. */
  showPlan(id, options) {
    return this.#call('show_plan', { ...options, id: nameOf(id) })
  }

  /** Returns the document that a plan is named by: the SHA-256 of its UTF-8 bytes is the id. It is exact, secrets included. */
  planDocument(id, options) {
    return this.#call('plan_document', { ...options, id: nameOf(id) })
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

  /** Sets a label of a run, also after its end, or takes it off when there is no value. It is audited. */
  label(id, key, value, options) {
    return this.#call('label', { ...options, id: runOf(id), key, value })
  }

  /** Keeps a run from being removed by retention. It is audited. */
  pin(id, options) {
    return this.#call('pin', { ...options, id: runOf(id) })
  }

  /** Lets retention remove a run again. It is audited. */
  unpin(id, options) {
    return this.#call('unpin', { ...options, id: runOf(id) })
  }

  /** Adds a remark to a run, also after its end. It is audited. */
  annotate(id, text, options) {
    return this.#call('annotate', { ...options, id: runOf(id), text })
  }

  /** Asks a run to end that goes on anywhere, also in another process. The first request stays, and is audited. */
  cancel(id, options) {
    return this.#call('cancel', { ...options, id: runOf(id) })
  }

  /** Returns a page of the audit log: who did what to which run, when and why. */
  audit(options) {
    return this.#call('audit', { ...options })
  }

  /** Counts runs, and says how they and their devices fared. Removed runs go on counting. */
  stats(options) {
    return this.#call('stats', { ...options })
  }

  /** Returns the newest run of each device among those that fit, and how the device ended in it. */
  latestByDevice(options) {
    return this.#call('latest_by_device', { ...options })
  }

  /** Says which runs a policy removes; removes them with `dryRun: false`. */
  prune(options) {
    return this.#call('prune', { ...options })
  }

  /** Says of which old runs the outputs would be compressed; does it with `dryRun: false`. They read as before. */
  archive(options) {
    return this.#call('archive', { ...options })
  }

  /** Looks for a text, or with `syntax: 'regex'` an expression, in recorded outputs, line by line. */
  searchOutput(pattern, options) {
    return this.#call('search_output', { ...options, pattern, execution: runOf(options?.execution) })
  }

  /** Compares two runs, device by device and output by output. */
  compareExecutions(before, after, options) {
    return this.#call('compare_executions', { ...options, before: runOf(before), after: runOf(after) })
  }

  /** Says what doing a run once more would mean: of all its devices, those that failed, or those named. */
  rerunPlan(id, options) {
    return this.#call('rerun_plan', { ...options, id: runOf(id) })
  }

  /** Does a collection or capture once more, on the devices that have the names of then, within the limits of then. */
  rerun(id, devices, options) {
    return this.#call('rerun', { ...options, id: runOf(id) }, devices)
  }

  /** Ends the runs whose process went away, as every opening does. */
  recover(options) {
    return this.#call('recover', { ...options })
  }

  /** Looks whether everything is as it was written. Damage is a finding, not an error; nothing is changed. */
  verify(options) {
    return this.#call('verify', { ...options })
  }

  /** Returns the store's figures in the Prometheus text format. */
  metrics(options) {
    return this.#call('metrics', { ...options })
  }

  /** Writes runs into a file: as JSON, lines of JSON, CSV, or a bundle that another store can take in. */
  export(path, options) {
    return this.#call('export', { ...options, path: pathOf(path), executions: options?.executions?.map(runOf) })
  }

  /** Takes in the runs of a bundle, of a folder of outputs, or of what Ansible left. */
  importRuns(path, options) {
    return this.#call('import_runs', { ...options, path: pathOf(path) })
  }

  /** Takes in the runs of a text with `PLAY RECAP` in it. */
  importText(text, options) {
    return this.#call('import_text', { ...options, text })
  }

  /** Works out from the outputs of a run which device is connected to which, and keeps it with the run. */
  topology(id, options) {
    return this.#call('topology', { ...options, id: runOf(id) })
  }

  /** Compares the topologies of two runs: devices, links and costs, VLANs and bridge domains. */
  diffTopology(before, after, options) {
    return this.#call('diff_topology', { ...options, before: runOf(before), after: runOf(after) })
  }

  /** Draws the topology of a run as an SVG document. */
  drawTopology(id, options) {
    return this.#call('draw_topology', { ...options, id: runOf(id) })
  }

  /** Returns the VLANs and bridge domains of a configuration: who is in them, where they end, what is orphaned. */
  domains(platform, configuration, options) {
    return this.#call('domains', { ...options, platform, configuration })
  }

  /** Returns the VLANs and bridge domains of a snapshot. */
  snapshotDomains(id, options) {
    return this.#call('snapshot_domains', { ...options, id: nameOf(id) })
  }

  /** Compares the VLANs and bridge domains of two fleets: added, removed, changed, and moved to another device. */
  diffDomains(before, after, options) {
    return this.#call('diff_domains', { ...options, before, after })
  }

  /** Compares what a fleet runs with what it shall run. Nothing is sent, and no secret is in the result. */
  diffFleet(fleet, options) {
    return this.#call('diff_fleet', { ...options, fleet })
  }

  /** Shows what a deployment would change over a fleet, for a terminal, a ticket, a page, or as a patch. */
  showFleetDiff(fleet, options) {
    return this.#call('show_fleet_diff', { ...options, fleet })
  }

  /** Shows what is different between the topologies of two runs, for a terminal, a ticket, a page, or as a picture. */
  showTopologyDiff(before, after, options) {
    return this.#call('show_topology_diff', { ...options, before: runOf(before), after: runOf(after) })
  }

  /** Iterates over the events of a past run again: at once, or `speed` times as fast as they were recorded. */
  replay(id, { start, speed, signal } = {}) {
    const question = toJson({ id: runOf(id), start, speed })
    return new Events(calling(() => this.#native.replay(question)), signal, 'replay')
  }

  /** Begins a run of one's own, queued until `start` where that is asked for. Without `finish` it ends interrupted. */
  async begin(name = '', options = {}) {
    const { parent, retryOf } = options
    const beginning = { ...options, name, parent: runOf(parent), retryOf: runOf(retryOf) }
    return new Recorder(await settled(() => this.#native.begin(toJson(beginning))))
  }

  /** Records a block of code as a run: it ends as its devices did, failed when the block throws. Returns what the block returns. */
  async record(name, ...rest) {
    const body = rest.pop()
    const run = await this.begin(name, ...rest)
    return during(run, body)
  }

  /** Opens an engine on the same store in which the devices of a past run answer as they did then. None is reached. */
  async replaying(id) {
    return new Netsnap(await settled(() => this.#native.replaying(toJson({ id: runOf(id) }))))
  }

  /** Iterates over the events of a run, those to come included, until the run has ended. */
  follow(id, { start, signal } = {}) {
    const question = toJson({ id: nameOf(id), start })
    return new Events(calling(() => this.#native.follow(question)), signal, 'follow')
  }

  /** Iterates over what happens from now on in every run of this engine, until the engine is closed. */
  watch({ signal } = {}) {
    return new Events(calling(() => this.#native.watch()), signal, 'watch')
  }

  /** Stops the work under way, waits until it has ended in order, and lets go of the store. */
  close() {
    return settled(() => this.#native.close())
  }

  async #call(verb, { signal, onProgress, ...options }, devices) {
    if (signal?.aborted) throw cancelled(verb, signal.reason)
    const cancellation = signal || onProgress ? this.#native.cancellation() : undefined
    const cancel = () => cancellation?.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      if (onProgress) return await told(this.#native.start(verb, toJson(options), cancellation), onProgress)
      const inventory = devices === undefined ? undefined : nativeOf(devices)
      const { rest, texts } = withoutTexts(options)
      return received(await this.#native.call(verb, toJson(rest), cancellation, inventory, texts))
    } catch (error) {
      cancel()
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

/** Hands the newest progress to a function until the work has ended; what the function throws stops the work. */
async function told(work, onProgress) {
  for (;;) {
    const { progress, answer } = await work.next()
    if (answer) return received(answer)
    const [done, total] = progress
    onProgress({ done, total })
  }
}

// What is longer crosses beside the JSON, as UTF-8: written into it and read from it, it would cost more than it is worth.
const LONG = 4096

// The native half copies texts before a call returns, so that all calls can write theirs to one place. What is too long for it gets a
// place of its own.
const desk = Buffer.allocUnsafeSlow(1 << 22)

/** Parts the long texts from the arguments. A text with half a character in it stays: the engine is to refuse it. */
function withoutTexts(options) {
  const texts = Object.entries(options).filter(([, value]) => isLong(value) && value.isWellFormed())
  if (texts.length === 0) return { rest: options }
  const rest = { ...options }
  for (const [name] of texts) delete rest[name]
  return { rest, texts: Object.fromEntries(inUtf8(texts)) }
}

function inUtf8(texts) {
  let free = desk
  return texts.map(([name, text]) => {
    // No character takes more than three bytes for each of its halves.
    if (text.length * 3 > free.length) return [snake(name), Buffer.from(text)]
    const length = free.write(text)
    const written = free.subarray(0, length)
    free = free.subarray(length)
    return [snake(name), written]
  })
}

const isLong = (value) => typeof value === 'string' && value.length > LONG

function targetList(targets) {
  if (Array.isArray(targets)) return targets
  return Object.entries(targets).map(([device, intended]) => ({ device, intended }))
}

module.exports = { Netsnap, open }
