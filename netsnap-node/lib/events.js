'use strict'

const { fromJson } = require('./convert.js')
const { cancelled, wrap } = require('./error.js')

/** A stream of events. Leaving the loop, `return()` or the signal ends it, a waiting `next()` included. */
class Events {
  #native
  #waiting = []
  #signal
  #verb
  #abort
  #queue = Promise.resolve()

  constructor(native, signal, verb) {
    this.#native = native
    this.#verb = verb
    this.#signal = signal
    this.#abort = () => native.stop()
    if (signal?.aborted) native.stop()
    signal?.addEventListener('abort', this.#abort, { once: true })
  }

  [Symbol.asyncIterator]() {
    return this
  }

  next() {
    // One at a time: the answers come in the order of the questions.
    const answer = this.#queue.then(() => this.#next())
    this.#queue = answer.catch(() => {})
    return answer
  }

  return(value) {
    this.#end()
    this.#waiting = []
    return Promise.resolve({ done: true, value })
  }

  async #next() {
    if (this.#waiting.length === 0) await this.#fill()
    return this.#waiting.length > 0 ? { done: false, value: this.#waiting.shift() } : { done: true, value: undefined }
  }

  async #fill() {
    try {
      const batch = await this.#native.next()
      if (batch !== null) this.#waiting = fromJson(batch)
      else this.#end()
    } catch (error) {
      this.#end()
      throw wrap(error)
    }
    if (this.#waiting.length === 0 && this.#signal?.aborted) throw cancelled(this.#verb, this.#signal.reason)
  }

  #end() {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#native.stop()
  }
}

module.exports = { Events }
