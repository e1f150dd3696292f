'use strict'
// A run of one's own, while it is written.

const { fromJson, toJson, toSnake } = require('./convert.js')
const { cancelled, wrap } = require('./error.js')
const { Inventory, nativeOf } = require('./inventory.js')
const { received } = require('./output.js')

/** A run of one's own. Without `finish` it ends interrupted. */
class Recorder {
  #native
  #finished = false
  // The last that waits for its turn.
  #waiting
  #aborting

  constructor(native) {
    this.#native = native
  }

  /** The id of the run. */
  get id() {
    return this.#native.id
  }

  /** Takes a run out of the queue in which it was begun, and returns it: it is running, and its duration counts. */
  start() {
    return this.#call('start', {})
  }

  /** Records that something happened, and returns its sequence number. */
  async event(text = '', options = {}) {
    try {
      const given = noteOf(text, options)
      const sequence = this.#waiting ? null : this.#native.eventAtOnce(given)
      return sequence ?? fromJson(await this.#inTurn(() => this.#native.call('event', given)))
    } catch (error) {
      throw wrap(error)
    }
  }

  /** Runs a command on a device, records its output, and returns it. A refusal by the device is an answer. */
  async ask(device, command, { signal, ...options } = {}) {
    if (signal?.aborted) throw cancelled('recorder.ask', signal.reason)
    const cancellation = this.#native.cancellation()
    const cancel = () => cancellation.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const inventory = nativeOf(device instanceof Inventory ? device : [device])
      // In nobody's turn: what is recorded while the device is talking does not wait for it.
      return received(await this.#native.ask(toJson({ ...options, command }), inventory, cancellation))
    } catch (error) {
      throw wrap(error, signal?.aborted ? { cause: signal.reason } : undefined)
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** Records what a device said to a command: text, or exact bytes. */
  output(device, command, output, options = {}) {
    return this.#call('output', { ...options, device, command }, bytesOf(output))
  }

  /** Shows a part of an output that is still being sent; `output` records it, once it is whole. */
  outputPart(device, command, output) {
    return this.#call('output_part', { device, command }, bytesOf(output))
  }

  /** Says that something is missing in the record, and why. The first reason stays. */
  incomplete(reason) {
    return this.#call('incomplete', { reason })
  }

  /** Adds devices to those that the run is about, as far as they are not among them. */
  addDevices(devices) {
    return this.#call('add_devices', { devices })
  }

  /** Records how a device ended. */
  deviceResult(device, status, options = {}) {
    return this.#call('device_result', { ...options, device, status })
  }

  /** Returns the request that the run end, when somebody made one with `cancel`; it is heard of a second or two later. */
  cancelRequested() {
    return fromJson(this.#native.cancelRequested())
  }

  /** Waits until somebody asks the run to end, `timeout` seconds at most; `null` when nobody did before that, or before its end. */
  async untilCancelRequested({ timeout } = {}) {
    try {
      // In nobody's turn: what is recorded meanwhile does not wait for it.
      return fromJson(await this.#native.untilCancelRequested(toJson({ timeout })))
    } catch (error) {
      throw wrap(error)
    }
  }

  /** Aborts when somebody asks the run to end, with that request as its reason. */
  get signal() {
    this.#aborting ??= aborting(this.#native)
    return this.#aborting.signal
  }

  /**
   * Ends the run, and returns it as it is recorded. Nothing can be added to it any more. Without a status it ends as its devices did:
   * failed when each of them failed, partial when some did or did not end, succeeded otherwise.
   */
  finish(status, options = {}) {
    this.#finished = true
    this.#aborting?.stop()
    return this.#call('finish', { ...options, status })
  }

  /** Carries out a block of code, and ends the run as the block ends. */
  static async during(run, body) {
    try {
      const result = await body(run)
      if (!run.#finished) await run.finish()
      return result
    } catch (error) {
      // What went wrong in the block is what the caller must see, even when it cannot be recorded.
      if (!run.#finished) await run.finish(...ending(error)).catch(() => {})
      throw error
    }
  }

  async #leave() {
    // Nobody says whether the block ended or threw: one that threw must not be recorded as a good one.
    if (!this.#finished) await this.finish('failed', { reason: 'its block was left before it was finished' })
  }

  async #call(verb, options, bytes) {
    try {
      const given = toJson(options)
      // Who does not wait may use its bytes for something else meanwhile.
      const kept = this.#waiting && bytes ? Buffer.from(bytes) : bytes
      return fromJson(await this.#inTurn(() => this.#native.call(verb, given, kept)))
    } catch (error) {
      throw wrap(error)
    }
  }

  /** Does something behind what waits: what nobody waits for is recorded in the order in which it was asked for. */
  #inTurn(work) {
    const done = this.#waiting ? this.#waiting.then(work) : work()
    const leave = () => {
      if (this.#waiting === turn) this.#waiting = undefined
    }
    const turn = done.then(leave, leave)
    this.#waiting = turn
    return done
  }

  static {
    if (Symbol.asyncDispose) {
      this.prototype[Symbol.asyncDispose] = function dispose() {
        return this.#leave()
      }
    }
  }
}

const NOTE = new Set(['kind', 'device', 'level', 'progress', 'data'])

/** Returns the arguments of an event as `toJson` does. There are many events, and this takes a sixth of its time. */
function noteOf(text, options) {
  for (const name in options) if (!NOTE.has(name)) return toJson({ ...options, text })
  const { kind, device, level, progress, data } = options ?? {}
  return JSON.stringify({ text, kind, device, level, progress: toSnake(progress), data })
}

// How often a program that gave the signal of a run away looks whether it is to abort.
const LOOK = 250

/** Returns a signal that aborts when a run is asked to end, and what stops it. It keeps neither the program nor the run alive. */
function aborting(native) {
  const controller = new AbortController()
  const held = new WeakRef(native)
  const look = () => {
    const run = held.deref()
    const request = run && fromJson(run.cancelRequested())
    if (request) controller.abort(request)
    if (request || !run) stop()
  }
  const timer = setInterval(look, LOOK).unref()
  const stop = () => clearInterval(timer)
  look()
  return { signal: controller.signal, stop }
}

const bytesOf = (output) => (typeof output === 'string' ? Buffer.from(output) : output)

function ending(error) {
  const reason = `${error?.name ?? 'Error'}: ${error?.message ?? error}`
  const status = error?.code === 'cancelled' || error?.name === 'AbortError' ? 'cancelled' : 'failed'
  return [status, { reason }]
}

const { during } = Recorder
delete Recorder.during

module.exports = { Recorder, during }
