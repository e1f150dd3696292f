// netsnap: every run recorded, every state known, every change proven before it is sent.

import type {
  ArchiveReport,
  AuditEntry,
  Comparison,
  ExportReport,
  ImportReport,
  LatestDevice,
  PruneReport,
  Recovery,
  Repeated,
  Rerun,
  SearchResult,
  Stats,
  Topology,
  TopologyDiff,
  VerifyReport,
} from './history.js'
import type {
  DeploymentDiff,
  DeviceText,
  DiffConfigOptions,
  DomainDiff,
  Domains,
  FleetDiffOptions,
  FleetTarget,
  ShowFleetOptions,
  ShowTopologyOptions,
  TextOptions,
} from './differences.js'
import type {
  ArchiveOptions,
  AuditOptions,
  AuthorOptions,
  CompareOptions,
  ExportOptions,
  FilterOptions,
  ImportOptions,
  PruneOptions,
  RecoverOptions,
  ReplayOptions,
  RerunOptions,
  RerunPlanOptions,
  SearchOptions,
  StatsOptions,
  VerifyOptions,
} from './history-options.js'
import type { Approval, Plan, Target, Validation } from './plan.js'
import type {
  AskOptions,
  BeginOptions,
  CallOptions,
  CollectOptions,
  DeployOptions,
  DeviceResultOptions,
  EventOptions,
  EventsOptions,
  FollowOptions,
  KeepOptions,
  ListOptions,
  OutputOptions,
  PageOptions,
  PlanOptions,
  RollbackOptions,
  ShowPlanOptions,
  WorkOptions,
} from './options.js'
import type {
  CancelRequest,
  Capture,
  Collection,
  ConfigDiff,
  Deployment,
  Device,
  DeviceResult,
  DeviceStatus,
  DeviceSummary,
  Effect,
  ErrorCode,
  ErrorReport,
  Event,
  Execution,
  ExecutionStatus,
  LiveEvent,
  OutputSummary,
  Page,
  PlatformName,
  Snapshot,
} from './types.js'

export type * from './differences.js'
export type * from './history.js'
export type * from './history-options.js'
export type * from './options.js'
export type * from './plan.js'
export type * from './types.js'

/** The recorded output of one command on one device. */
export class Output {
  private constructor()
  readonly summary: OutputSummary
  /** The exact bytes, secrets aside. */
  readonly bytes: Buffer
  /** The same as data, where somebody parsed it: keys are not renamed. */
  readonly parsed?: any
  /** The bytes as text; what is no UTF-8 becomes U+FFFD. */
  get text(): string
  toJSON(): { summary: OutputSummary; text: string; parsed?: any }
}

/** The devices that a program works with. Their secrets go in and never come out. */
export class Inventory implements Iterable<Device> {
  constructor(devices: Iterable<Device>)
  /** Returns the devices with these names, in this order. */
  select(...names: string[]): Inventory
  /** The names of the devices, in order. */
  get names(): string[]
  get length(): number
  [Symbol.iterator](): Iterator<Device>
  /** Returns the devices, with their secrets masked. */
  toJSON(): Device[]
}

export type Devices = Inventory | Iterable<Device>

/** What went wrong: `code` is the stable kind, the same word in every language. */
export class NetsnapError extends Error {
  constructor(report: ErrorReport, options?: ErrorOptions)
  /** Returns a failure that a run has recorded, as an error to be thrown. */
  static from(report: ErrorReport): NetsnapError
  readonly name: 'NetsnapError'
  readonly code: ErrorCode
  /** The verb that failed. */
  readonly operation: string
  /** Facts about the thing that failed; `cause` holds the chain of sources. */
  readonly context: Record<string, string>
  /** What to do now. */
  readonly hint?: string
  /** What the failure did to the device. */
  readonly effect: Effect
  /** Whether the same call can succeed later with nothing else changed. */
  readonly retryable: boolean
}

/** A stream of events. Leaving the loop, `return()` or the signal ends it, a waiting `next()` included. */
export interface Events<T> extends AsyncIterableIterator<T> {
  return(value?: unknown): Promise<IteratorResult<T>>
}

/** A run of one's own, while it is written. Without `finish` it ends interrupted. */
export class Recorder implements AsyncDisposable {
  private constructor()
  /** The id of the run. */
  get id(): string
  /** Takes a run out of the queue in which it was begun, and returns it: it is running, and its duration counts. */
  start(): Promise<Execution>
  /** Records that something happened, and returns its sequence number. */
  event(text?: string, options?: EventOptions): Promise<number>
  /**
   * Runs a command on a device, records its output, and returns it. A refusal by the device is an answer.
   * The first question logs in, and the login is kept until the run ends or the device fails, which is thrown. In an engine that is
   * `replaying` a past run, the answers are those of then, in their order; what was not recorded is `not_found`.
   */
  ask(device: Inventory | Device, command: string, options?: AskOptions): Promise<Output>
  /** Records what a device said to a command: text, or exact bytes. Whoever follows the run sees an event of kind `command_finished`. */
  output(device: string, command: string, output: string | Uint8Array, options?: OutputOptions): Promise<null>
  /** Shows a part of an output that is still being sent; `output` records it, once it is whole. */
  outputPart(device: string, command: string, output: string | Uint8Array): Promise<null>
  /** Says that something is missing in the record, and why. The first reason stays. */
  incomplete(reason: string): Promise<null>
  /** Adds devices to those that the run is about, as far as they are not among them. */
  addDevices(devices: DeviceSummary[]): Promise<null>
  /** Records how a device ended. Whoever follows the run sees an event of kind `device_finished`. */
  deviceResult(device: string, status?: DeviceStatus, options?: DeviceResultOptions): Promise<null>
  /** Returns the request that the run end, when somebody made one with `cancel`; it is heard of a second or two later. */
  cancelRequested(): CancelRequest | null
  /** Waits until somebody asks the run to end, `timeout` seconds at most; `null` when nobody did before that, or before its end. */
  untilCancelRequested(options?: { timeout?: number }): Promise<CancelRequest | null>
  /**
   * Aborts when somebody asks the run to end, with that request as its reason: for whatever takes a signal.
   * As one of `AbortSignal.timeout`, it alone keeps no program alive.
   */
  get signal(): AbortSignal
  /**
   * Ends the run, and returns it as it is recorded. Without a status it ends as its devices did: `failed` when each of them failed,
   * `partial` when some did or did not end, `succeeded` otherwise, and where nobody recorded how any device ended.
   */
  finish(status?: ExecutionStatus, options?: { reason?: string }): Promise<Execution>
  /**
   * For `await using`, where JavaScript has it: a run that was not finished ends as failed. JavaScript does not tell what leaves a
   * block whether it ended or threw, and a block that threw must not be recorded as a good one: call `finish` as its last line, or use
   * `record` of the engine, which sees both.
   */
  [Symbol.asyncDispose](): Promise<void>
}

/** An open engine. */
export class Netsnap implements AsyncDisposable {
  private constructor()
  /** Returns a run. */
  execution(id: string | Execution, options?: CallOptions): Promise<Execution>
  /** Returns a page of runs, newest first. */
  listExecutions(options?: ListOptions): Promise<Page<Execution>>
  /** Returns the newest finished run, or `null`. */
  current(options?: CallOptions): Promise<Execution | null>
  /** Returns how each device ended in a run. */
  deviceResults(id: string | Execution, options?: CallOptions): Promise<DeviceResult[]>
  /** Returns events of a run. */
  events(id: string | Execution, options?: EventsOptions): Promise<Event[]>
  /** Returns the outputs of a run, without their bytes. */
  outputs(id: string | Execution, options?: CallOptions): Promise<OutputSummary[]>
  /** Returns the newest output of a command on a device, with its exact bytes. */
  output(id: string | Execution, device: string, command: string, options?: CallOptions): Promise<Output>
  /**
   * Runs commands on many devices and records each output. A device that fails is a result, not an error.
   * With `replay`, a past run answers in the place of the devices, and nothing reaches them.
   */
  collect(devices: Devices, commands: string | string[], options?: CollectOptions): Promise<Collection>
  /** Captures the running configuration of many devices, each as a snapshot. */
  capture(devices: Devices, options?: WorkOptions): Promise<Capture>
  /**
   * Keeps a running configuration that another tool read (Oxidized, RANCID, an API) as a snapshot, and plans go from there. It works
   * for every platform that is planned, also for those that cannot be captured.
   * Nobody knows that the text is whole: its `proof` is `given`. A text that does not parse is `configuration_invalid`, with the line;
   * one without the last line that the platform prints is `output_truncated`. Nothing is kept then.
   */
  keepConfiguration(device: string, platform: string, text: string, options?: KeepOptions): Promise<Snapshot>
  /** Returns a snapshot. */
  snapshot(id: string | Snapshot, options?: CallOptions): Promise<Snapshot>
  /** Returns the exact text of a snapshot. */
  snapshotText(id: string | Snapshot, options?: CallOptions): Promise<string>
  /** Returns a page of the snapshots of a subject (the name of a device), newest first. */
  history(subject: string, options?: PageOptions): Promise<Page<Snapshot>>
  /**
   * Returns the difference of two texts, as `diff -u` writes it when no `format` is asked for.
   * Equal texts give an empty one, but for a page and for JSON. Every form shows the texts as they are: secrets in them are not
   * masked, as they are by `diffConfig`.
   */
  diffText(before: string, after: string, options?: TextOptions): Promise<string>
  /** Returns the structural difference of two configurations of a platform. What of them was not read as configuration is in it. */
  diffConfig(platform: string, before: string, after: string, options?: DiffConfigOptions): Promise<ConfigDiff>
  /**
   * Puts a table of a platform, as TOML, in the place of the one with its name, or beside the others. It holds for everything that
   * this process begins from now on, other engines included.
   */
  loadPlatform(table: string, options?: CallOptions): Promise<PlatformName>
  /**
   * Freezes the change from what devices are to what they should become, and proves it.
   * The targets are an object of intended configurations by device name, or a list.
   */
  plan(targets: Record<string, string> | Target[], options?: PlanOptions): Promise<Plan>
  /** Returns a plan that was made before. */
  loadPlan(id: string | Plan, options?: CallOptions): Promise<Plan>
  /** Looks at a plan before it is carried out, without asking a device. */
  validatePlan(id: string | Plan, options?: CallOptions): Promise<Validation>
  /** Does the same and asks each device whether the plan would get through. Nothing is changed. */
  checkPlan(plan: string | Plan, devices: Devices, options?: WorkOptions): Promise<Validation>
  /** Records that somebody agrees that this very plan be carried out. It is audited. */
  approvePlan(id: string | Plan, options?: AuthorOptions): Promise<Approval>
  /** Returns who agreed to a plan, the first one first. */
  approvals(id: string | Plan, options?: CallOptions): Promise<Approval[]>
  /** Shows a plan for a terminal, a ticket or on a page. Secrets are masked. */
  showPlan(id: string | Plan, options?: ShowPlanOptions): Promise<string>
  /**
   * Returns the document that a plan is named by: the SHA-256 of its UTF-8 bytes is the id, its form is `schema/plan.v4.json`.
   * It is exact: secrets in commands are not masked.
   */
  planDocument(id: string | Plan, options?: CallOptions): Promise<string>
  /**
   * Carries out a plan. Drift, refusals and failed checks are in the result, device by device.
   * Stopped half way, devices that have begun are finished or brought back, and no other device begins.
   */
  deploy(plan: string | Plan, devices: Devices, options?: DeployOptions): Promise<Deployment>
  /** Returns what a deployment did. */
  deployment(id: string | Deployment | Execution, options?: CallOptions): Promise<Deployment>
  /** Takes a deployment back, from what the devices are now. */
  rollback(deployment: string | Deployment | Execution, devices: Devices, options?: RollbackOptions): Promise<Deployment>
  /** Returns a page of HTML about one run or several. */
  report(executions: Run | Run[], options?: CallOptions): Promise<string>
  /** Sets a label of a run, also after its end, or takes it off when there is no value. It is audited. */
  label(id: Run, key: string, value?: string | null, options?: AuthorOptions): Promise<Execution>
  /** Keeps a run from being removed by retention. It is audited. */
  pin(id: Run, options?: AuthorOptions): Promise<Execution>
  /** Lets retention remove a run again. It is audited. */
  unpin(id: Run, options?: AuthorOptions): Promise<Execution>
  /** Adds a remark to a run, also after its end. It is audited. */
  annotate(id: Run, text: string, options?: AuthorOptions): Promise<Execution>
  /**
   * Asks a run to end that goes on anywhere, also in another process. The first request stays, and is audited.
   * Whoever holds the run hears of it a second or two later: what netsnap does itself stops, and the run ends cancelled with the reason;
   * a program that records has `signal` and `cancelRequested` of its recorder, and decides by itself.
   */
  cancel(id: Run, options?: AuthorOptions): Promise<Execution>
  /** Returns a page of the audit log: who did what to which run, when and why. */
  audit(options?: AuditOptions): Promise<Page<AuditEntry>>
  /** Counts runs, and says how they and their devices fared. Removed runs go on counting. */
  stats(options?: StatsOptions): Promise<Stats>
  /** Returns the newest run of each device among those that fit, and how the device ended in it. */
  latestByDevice(options?: FilterOptions): Promise<LatestDevice[]>
  /** Says which runs a policy removes; removes them with `dryRun: false`. */
  prune(options?: PruneOptions): Promise<PruneReport>
  /** Says of which old runs the outputs would be compressed; does it with `dryRun: false`. They read as before. */
  archive(options?: ArchiveOptions): Promise<ArchiveReport>
  /** Looks for a text, or with `syntax: 'regex'` an expression, in recorded outputs, line by line. */
  searchOutput(pattern: string, options?: SearchOptions): Promise<SearchResult>
  /** Compares two runs, device by device and output by output. */
  compareExecutions(before: Run, after: Run, options?: CompareOptions): Promise<Comparison>
  /** Says what doing a run once more would mean: of all its devices, those that failed, or those named. */
  rerunPlan(id: Run, options?: RerunPlanOptions): Promise<Rerun>
  /** Does a collection or capture once more, on the devices that have the names of then, within the limits of then. */
  rerun(id: Run, devices: Devices, options?: RerunOptions): Promise<Repeated>
  /** Ends the runs whose process went away, as every opening does. */
  recover(options?: RecoverOptions): Promise<Recovery>
  /**
   * Looks whether everything is as it was written. Damage is a finding, not an error; nothing is changed.
   *
   * Of a run that has ended, each changed, removed or added event, output, parsed answer and device result is found, and each change of its
   * summary, whatever checksums were computed anew. Who computes the audit log anew, too, is found with an `anchor` that was kept elsewhere
   * (`auditHead` of an earlier report).
   */
  verify(options?: VerifyOptions): Promise<VerifyReport>
  /** Returns the store's figures in the Prometheus text format. */
  metrics(options?: CallOptions): Promise<string>
  /** Writes runs into a file: as JSON, lines of JSON, CSV, or a bundle that another store can take in. */
  export(path: string | URL, options?: ExportOptions): Promise<ExportReport>
  /** Takes in the runs of a bundle, of a folder of outputs, or of what Ansible left. */
  importRuns(path: string | URL, options?: ImportOptions): Promise<ImportReport>
  /** Takes in the runs of a text that Ansible printed: with `PLAY RECAP` in it, or of its JSON callbacks (`recap`, `ansible_json`). */
  importText(text: string, options?: ImportOptions): Promise<ImportReport>
  /** Works out from the outputs of a run which device is connected to which, and keeps it with the run. */
  topology(id: Run, options?: CallOptions): Promise<Topology>
  /** Compares the topologies of two runs: devices, links and costs, VLANs and bridge domains. */
  diffTopology(before: Run, after: Run, options?: CallOptions): Promise<TopologyDiff>
  /** Draws the topology of a run as an SVG document. */
  drawTopology(id: Run, options?: CallOptions): Promise<string>
  /** Returns the VLANs and bridge domains of a configuration: who is in them, where they end, what is orphaned. */
  domains(platform: string, configuration: string, options?: CallOptions): Promise<Domains>
  /** Returns the VLANs and bridge domains of a snapshot. */
  snapshotDomains(id: string | Snapshot, options?: CallOptions): Promise<Domains>
  /** Compares the VLANs and bridge domains of two fleets: added, removed, changed, and moved to another device. */
  diffDomains(before: DeviceText[], after: DeviceText[], options?: CallOptions): Promise<DomainDiff>
  /** Compares what a fleet runs with what it shall run. Nothing is sent, and no secret is in the result. */
  diffFleet(fleet: FleetTarget[], options?: FleetDiffOptions): Promise<DeploymentDiff>
  /** Shows what a deployment would change over a fleet, for a terminal, a ticket, a page, or as a patch. */
  showFleetDiff(fleet: FleetTarget[], options?: ShowFleetOptions): Promise<string>
  /** Shows what is different between the topologies of two runs, for a terminal, a ticket, a page, or as a picture. */
  showTopologyDiff(before: Run, after: Run, options?: ShowTopologyOptions): Promise<string>
  /** Iterates over the events of a past run again: at once, or `speed` times as fast as they were recorded. */
  replay(id: Run, options?: ReplayOptions): Events<Event>
  /** Begins a run of one's own, queued until `start` where that is asked for. Without `finish` it ends interrupted. */
  begin(name?: string, options?: BeginOptions): Promise<Recorder>
  /** Records a block of code as a run: it ends as its devices did, failed when the block throws. Returns what the block returns. */
  record<T>(name: string, body: (run: Recorder) => T | Promise<T>): Promise<T>
  record<T>(name: string, options: BeginOptions, body: (run: Recorder) => T | Promise<T>): Promise<T>
  /**
   * Opens an engine on the same store in which the devices of a past run answer as they did then. None is reached.
   * What reads devices works in it as in this one, and is recorded: the runs have the label `replay_of`. What was not recorded then is
   * `not_found`; `deploy` and `rollback` are refused. It is closed by itself, or with this one.
   */
  replaying(id: Run): Promise<Netsnap>
  /** Iterates over the events of a run, those to come included, until the run has ended. */
  follow(id: string | Execution, options?: FollowOptions): Events<Event>
  /** Iterates over what happens from now on in every run of this engine, until the engine is closed. */
  watch(options?: CallOptions): Events<LiveEvent>
  /** Stops the work under way, waits until it has ended in order, and lets go of the store. */
  close(): Promise<void>
  /** For `await using`, where JavaScript has it: `close`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** What names a run. */
export type Run = string | Execution | Collection | Capture | Deployment | Repeated

/**
 * Opens an engine on a store: a folder, `sqlite:runs.db`, `postgres://…` or `memory:`.
 *
 * The address of PostgreSQL takes `netsnap_lease` (30s: so long after the last word of a machine that died its runs are interrupted),
 * `netsnap_answer` (60s) and `netsnap_connect` (15s), such as `postgres://host/db?netsnap_lease=10s`.
 */
export function open(url: string | URL): Promise<Netsnap>

/** Reads a file with a JSON array of devices. */
export function loadInventory(path: string | URL): Inventory

/** The version of the engine. */
export const version: string
