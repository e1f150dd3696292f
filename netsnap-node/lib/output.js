'use strict'

/** The recorded output of one command on one device. The bytes are exact. */
class Output {
  constructor(summary, bytes) {
    this.summary = summary
    this.bytes = bytes
  }

  /** The bytes as text; what is no UTF-8 becomes U+FFFD. */
  get text() {
    return this.bytes.toString('utf8')
  }

  toJSON() {
    return { summary: this.summary, text: this.text }
  }
}

module.exports = { Output }
