// The nouns and options of differences: VLANs and bridge domains, and what a deployment changes over a fleet.

import type { CallOptions } from './options.js'
import type { DeviceProof, Step } from './plan.js'
import type { ConfigDiff } from './types.js'

export type DomainKind = 'vlan' | 'bridge_domain'
export type Tagging = 'tagged' | 'untagged'
export type DomainEndKind = 'pseudowire' | 'evpn' | 'vxlan'
export type OrphanKind =
  | 'vlan_without_member'
  | 'member_without_vlan'
  | 'bridge_domain_without_interface'
  | 'gateway_without_domain'
  | 'interface_without_domain'
export type DeviceAction = 'add' | 'modify' | 'remove'
export type TextFormat = 'unified' | 'patch' | 'side_by_side' | 'inline' | 'words' | 'html' | 'html_inline' | 'json'
export type FleetFormat = 'terminal' | 'markdown' | 'html' | 'html_side_by_side' | 'html_inline' | 'patch'
export type TopologyFormat = 'terminal' | 'markdown' | 'html' | 'svg'
export type Color = 'never' | 'always'

/** An interface in a domain; `outer` and `inner` are its tags, `encapsulation` is in the device's words. */
export interface DomainMember {
  interface: string
  tagging: Tagging
  outer?: string
  inner?: string
  encapsulation?: string
}

/** Where a domain leaves the device otherwise than by an interface. */
export interface DomainEnd {
  kind: DomainEndKind
  peer?: string
  id?: string
}

/**
 * One layer 2 domain of one device. The same domain has the same `id` on each device: `vlan 10`.
 * `defined` is false when something only refers to it, and it is made elsewhere.
 */
export interface Domain {
  id: string
  kind: DomainKind
  members: DomainMember[]
  gateways: string[]
  ends: DomainEnd[]
  defined: boolean
  vlan?: number
  name?: string
  description?: string
  vni?: number
}

/** Something that lost its counterpart, or never had one. */
export interface Orphan {
  kind: OrphanKind
  domain?: string
  interface?: string
  vlans?: string
}

/** The layer 2 domains of one device. Set `vlansElsewhere` says that it keeps its VLANs outside its configuration. */
export interface Domains {
  domains: Domain[]
  orphans: Orphan[]
  vlansElsewhere: boolean
}

/** A domain and its device. */
export interface DomainAt {
  device: string
  domain: Domain
}

/** What became of a domain on its device; `changed` names the parts that differ. */
export interface DomainChange {
  device: string
  before: Domain
  after: Domain
  changed: string[]
  membersAdded: DomainMember[]
  membersRemoved: DomainMember[]
}

/** A domain that left one device and came up on another. */
export interface DomainMove {
  fromDevice: string
  toDevice: string
  before: Domain
  after: Domain
}

/** What is different between the layer 2 domains of two fleets. */
export interface DomainDiff {
  added: DomainAt[]
  removed: DomainAt[]
  changed: DomainChange[]
  moved: DomainMove[]
}

/** A line on the way that a device is managed by. */
export interface ManagementTouch {
  line: string
  why: string
}

/** What a change of one device touches. Without `management` the way in is not touched. */
export interface DeviceImpact {
  interfaces: string[]
  neighbors: string[]
  services: string[]
  management: ManagementTouch[]
}

/** What a deployment does to one device. Secrets are masked in all of it. */
export interface DeviceDifference {
  device: string
  platform: string
  action: DeviceAction
  diff: ConfigDiff
  commands: Step[]
  commandsTruncated: number
  impact: DeviceImpact
  proof?: DeviceProof
}

/** What a deployment touches in all; `management` names the devices whose way in is touched. */
export interface Impact {
  devices: number
  interfaces: number
  neighbors: number
  services: number
  management: string[]
}

/** What a deployment changes over a fleet. Empty means that nothing changes anywhere. */
export interface DeploymentDiff {
  devices: DeviceDifference[]
  unchanged: string[]
  domains: DomainDiff
  impact: Impact
  remarks: string[]
  empty: boolean
}

/** A device of a fleet: without `running` it comes, without `intended` it goes. `address` is what it is reached by. */
export interface FleetTarget {
  device: string
  platform: string
  running?: string
  intended?: string
  address?: string
}

/** The configuration of one device. */
export interface DeviceText {
  device: string
  platform: string
  configuration: string
}

export interface DiffConfigOptions extends CallOptions {
  /** Changes that are told at most: all when left out. The rest is counted. */
  limit?: number
}

export interface TextOptions extends CallOptions {
  /** `unified` when left out. It and `patch` are exact and never cut. */
  format?: TextFormat
  beforeName?: string
  /** Also the name of the file that a patch is for. */
  afterName?: string
  /** Equal lines around a difference: 3 when left out. */
  context?: number
  /** Columns of the terminal: 100 when left out. */
  width?: number
  /** `never` when left out. */
  color?: Color
  /** Rows that are shown at most: 20000 when left out. The rest is counted. */
  limit?: number
}

export interface FleetDiffOptions extends CallOptions {
  /** Changes of one device that are told at most: 1000 when left out. */
  changes?: number
  /** Commands of one device that are told at most: 1000 when left out. */
  commands?: number
}

export interface ShowFleetOptions extends CallOptions {
  /**
   * `terminal` when left out. `html_side_by_side` and `html_inline` add the configurations of each device to the page, secrets masked.
   * A patch is exact, secrets included.
   */
  format?: FleetFormat
  width?: number
  color?: Color
  /** Lines of one block that are shown at most: 500 when left out. */
  limit?: number
}

export interface ShowTopologyOptions extends CallOptions {
  /** `terminal` when left out. */
  format?: TopologyFormat
  width?: number
  color?: Color
  /** Lines of one block that are shown at most: 500 when left out. */
  limit?: number
}
