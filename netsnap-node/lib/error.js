'use strict'
// What went wrong, as a real Error. The native half rejects with the JSON of a report, and `wrap` turns it into this.

const { toCamel } = require('./convert.js')

/** What went wrong: `code` is the stable kind, the same word in every language. */
class NetsnapError extends Error {
  constructor(report, options) {
    super(report.message, options)
    this.code = report.code ?? report.kind
    this.operation = report.operation ?? ''
    this.context = report.context ?? {}
    if (report.hint) this.hint = report.hint
    this.effect = report.effect ?? 'none'
    this.retryable = report.retryable ?? false
  }

  /** Returns a failure that a run has recorded, such as the one of a device result, as an error to be thrown. */
  static from(report) {
    return new NetsnapError(report)
  }
}
// On the prototype, so that it is not listed with the facts when the error is printed.
Object.defineProperty(NetsnapError.prototype, 'name', { value: 'NetsnapError', configurable: true, writable: true })

/** Returns an error of the native half as what a caller may see. */
function wrap(error, options) {
  const report = reportIn(error)
  return report ? new NetsnapError(toCamel(report), options) : error
}

function reportIn(error) {
  try {
    const report = JSON.parse(error.message)
    return typeof report.kind === 'string' ? report : undefined
  } catch {
    return undefined
  }
}

/** Calls the native half, and lets nothing else out than a NetsnapError. */
function calling(work) {
  try {
    return work()
  } catch (error) {
    throw wrap(error)
  }
}

/** Returns the error for work that was cancelled before it began. */
function cancelled(operation, reason) {
  const report = { kind: 'cancelled', message: 'the caller cancelled it', operation }
  return new NetsnapError(report, { cause: reason })
}

module.exports = { NetsnapError, calling, cancelled, wrap }
