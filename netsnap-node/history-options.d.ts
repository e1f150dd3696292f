// The options of the verbs of the history: plain data.

import type {
  Anchor,
  AuditAction,
  Case,
  Check,
  CounterName,
  CsvTable,
  Direction,
  Existing,
  ExportFormat,
  ImportFormat,
  SortBy,
  Syntax,
} from './history.js'
import type { Run } from './index.js'
import type { CallOptions, FollowOptions, Limits, PageOptions } from './options.js'
import type { ErrorCode, ExecutionKind, ExecutionStatus, Progress, Trigger } from './types.js'

/** A condition on a text: one of these. */
export type TextMatch = { equals: string } | { in: string[] } | { startsWith: string } | { contains: string }

/** A condition on the label `key`; without `equals` and `in` it only has to be there. */
export interface LabelMatch {
  key: string
  equals?: string
  in?: string[]
}

/** A time range, `from` included, `until` excluded; or `within` the last `7d`, `36h`, `90m`. */
export interface TimeRange {
  from?: Date | string
  until?: Date | string
  within?: string
}

/** A range of numbers, both ends included. */
export interface Range {
  atLeast?: number
  atMost?: number
}

/** A condition on the number `name` of a run. */
export interface CounterMatch extends Range {
  name: CounterName
}

/**
 * Which runs are meant: one condition; `all`, `any` and `not` hold others. In `device` `*` stands for any characters and `?` for one,
 * every other character for itself: there are no sets such as `[ab]`, and upper and lower case differ.
 */
export type Filter =
  | { all: Filter[] }
  | { any: Filter[] }
  | { not: Filter }
  | { status: ExecutionStatus[] }
  | { kind: ExecutionKind[] }
  | { name: TextMatch }
  | { label: LabelMatch }
  | { device: string }
  | { actor: TextMatch }
  | { trigger: Trigger[] }
  | { ticket: TextMatch }
  | { job: string }
  | { parent: string }
  | { retryOf: string }
  | { tool: string }
  | { errorKind: ErrorCode[] }
  | { created: TimeRange }
  | { started: TimeRange }
  | { ended: TimeRange }
  | { durationUs: Range }
  | { counter: CounterMatch }
  | { pinned: boolean }
  | { dryRun: boolean }
  | { archived: boolean }
  | { incomplete: boolean }

/** Hears how far long work is. */
export type Told = (progress: Progress) => void

/** The order of a list: newest first when left out. */
export interface Sort {
  by?: SortBy | CounterName
  direction?: Direction
}

/** By what runs are counted together. */
export type GroupBy = 'none' | 'hour' | 'day' | 'kind' | 'actor' | 'device' | 'error_kind' | 'name' | { label: string }

/** Among which runs newest and last ones are looked for. */
export type Per = 'store' | 'kind' | 'name' | 'device' | { label: string }

/** The newest `count` runs, among all when `per` is left out. */
export interface Newest {
  count: number
  per?: Per
}

/**
 * A run is removed when at least one rule says remove (`olderThan`, `atMost`, `maxBytes`) and none says keep (the others).
 * Runs that are pinned or have not ended stay, whatever the rules are.
 */
export interface RetentionPolicy {
  /** The policy speaks of these runs only. */
  filter?: Filter
  olderThan?: string
  atMost?: Newest[]
  maxBytes?: number
  atLeast?: Newest[]
  keepFailedFor?: string
  keepLastSuccess?: Per[]
}

/** Which devices of a run are worked on once more. */
export type Scope = 'all' | 'failed' | { devices: string[] }

export interface AuthorOptions extends CallOptions {
  /** Who does it. */
  actor?: string
  /** Why. */
  reason?: string
}

export interface AuditOptions extends PageOptions {
  objectType?: string
  objectId?: string
  actor?: string
  /** Every one when left out. */
  actions?: AuditAction[]
  at?: TimeRange
  /** Newest first when left out. */
  direction?: Direction
}

export interface FilterOptions extends CallOptions {
  /** Every run when left out. */
  filter?: Filter
}

export interface StatsOptions extends FilterOptions {
  groupBy?: GroupBy
  /** Whose hours and days: `Europe/Berlin` or `+02:00`; UTC when left out. */
  timeZone?: string
  /** At most so many groups: 1000 when left out. */
  groups?: number
  /** At most so many devices in each list: 10 when left out; 0 leaves devices out. */
  devices?: number
}

export interface PruneOptions extends AuthorOptions {
  policy?: RetentionPolicy
  /** Only say what would be removed: yes when left out. */
  dryRun?: boolean
  /** At most so many runs, the oldest. */
  limit?: number
  /** At most so many of them are named in the report. */
  list?: number
  /** Called with the newest progress. What it throws stops the work. */
  onProgress?: Told
}

export interface ArchiveOptions extends AuthorOptions {
  filter?: Filter
  /** Only those created longer ago: `30d`, `36h`. */
  olderThan?: string
  /** Only say which would be compressed: yes when left out. */
  dryRun?: boolean
  limit?: number
  /** Called with the newest progress. What it throws stops the work. */
  onProgress?: Told
}

export interface RecoverOptions extends CallOptions {
  /** Also those whose process cannot be judged from here, when nothing was recorded of them for longer than this: `7d`, `36h`. */
  olderThan?: string
}

export interface SearchOptions extends CallOptions {
  /** `literal` when left out. */
  syntax?: Syntax
  /** `sensitive` when left out. */
  case?: Case
  /** Only in this run. */
  execution?: Run
  filter?: Filter
  sort?: Sort
  /** With `*` and `?`. */
  device?: string
  /** With `*` and `?`. */
  command?: string
  /** Lines to show in front of each hit. */
  before?: number
  /** Lines to show behind each hit. */
  after?: number
  maxHits?: number
  maxExecutions?: number
  maxBytes?: number
  cursor?: string | null
  /** Called with the newest progress. What it throws stops the work. */
  onProgress?: Told
}

export interface CompareOptions extends CallOptions {
  /** The platform of devices that are not in `platforms`: it says what changes by itself in their outputs. */
  platform?: string
  /** The platform of each device, by name. */
  platforms?: Record<string, string>
  /** Further regular expressions for what changes by itself. */
  mask?: string[]
  device?: string
  command?: string
  /** Equal lines around a difference: 3 when left out. */
  context?: number
  maxOutputBytes?: number
  maxDiffBytes?: number
  maxTotalBytes?: number
}

export interface RerunPlanOptions extends CallOptions {
  /** `all` when left out. */
  scope?: Scope
}

export interface RerunOptions extends RerunPlanOptions {
  actor?: string
  /** Devices worked on at once: as many as then when left out. */
  inFlight?: number
  /** Those of then when left out. */
  limits?: Limits
}

export interface ReplayOptions extends FollowOptions {
  /** So many times as fast as recorded; at once when left out. */
  speed?: number
}

export interface VerifyOptions extends FilterOptions {
  /** At most so many runs: a large store is verified in parts. */
  limit?: number
  cursor?: string | null
  /** Every one when left out. */
  checks?: Check[]
  /** `auditHead` of an earlier report. */
  anchor?: Anchor
  /** At most so many findings are named; all are counted. */
  findings?: number
  /** Called with the newest progress. What it throws stops the work. */
  onProgress?: Told
}

export interface ExportOptions extends FilterOptions {
  /** Only these of them. */
  executions?: Run[]
  /** `auto` when left out: as the ending of the file says (`.json`, `.ndjson`, `.jsonl`, `.csv`, `.tar`), `json` where it has none. */
  format?: ExportFormat
  /** `executions` when left out. */
  table?: CsvTable
  /** With the events: no when left out. A bundle always has them. */
  events?: boolean
  /** With the outputs: yes when left out. */
  outputs?: boolean
  /** What becomes of a file that is there: `keep` when left out. */
  existing?: Existing
  /** Who exports. */
  actor?: string
  /** Why. */
  reason?: string
  /** Called with the newest progress. What it throws stops the work. */
  onProgress?: Told
}

export interface ImportOptions extends CallOptions {
  /** `auto` when left out. */
  format?: ImportFormat
  /** Only say what would come in: no when left out. */
  dryRun?: boolean
  /** The devices that there are, to find them in the names of files. */
  devices?: string[]
  /** Files of a folder with less than this between them belong to one run. */
  gapUs?: number
  /** Labels for the runs that come in. */
  labels?: Record<string, string>
  actor?: string
  /** When it happened, for a text that does not say so. */
  at?: Date | string
  /** Called with the newest progress. What it throws stops the work. */
  onProgress?: Told
}
