'use strict'

const { fromJson } = require('./convert.js')

/** The recorded output of one command on one device. The bytes are exact, secrets aside. */
class Output {
  constructor(summary, bytes, parsed) {
    this.summary = summary
    this.bytes = bytes
    if (parsed !== undefined && parsed !== null) this.parsed = parsed
  }

  /** The bytes as text; what is no UTF-8 becomes U+FFFD. */
  get text() {
    return this.bytes.toString('utf8')
  }

  toJSON() {
    const { summary, text, parsed } = this
    return parsed === undefined ? { summary, text } : { summary, text, parsed }
  }
}

/** Returns a reply of the native half: its value, or an output with its bytes. */
function received({ json, bytes }) {
  const value = fromJson(json)
  return bytes ? new Output(value.summary, bytes, value.parsed) : value
}

module.exports = { Output, received }
