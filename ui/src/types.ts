// What the HTTP API tells, as far as the console shows it (docs/http-api.md).

import type { Sample } from "./parts/Chart";

interface RateDetails {
  rate: number;
  samples?: Sample[];
}

export type Stats = { [name: string]: number | RateDetails | undefined };

export interface Overview {
  cluster_name: string;
  node: string;
  product_name?: string;
  product_version?: string;
  rabbitmq_version: string;
  erlang_version?: string;
  message_stats: Stats;
  queue_totals: Stats;
  churn_rates: Stats;
  object_totals: Record<"channels" | "connections" | "consumers" | "exchanges" | "queues", number>;
  listeners?: { node: string; protocol: string; ip_address: string; port: number }[];
  contexts?: { node: string; description: string; path: string; port: number }[];
}

export interface Node {
  name: string;
  running: boolean;
  type?: string;
  uptime?: number;
  mem_used?: number;
  mem_limit?: number;
  mem_alarm?: boolean;
  disk_free?: number;
  disk_free_limit?: number;
  disk_free_alarm?: boolean;
  fd_used?: number;
  fd_total?: number;
  sockets_used?: number;
  sockets_total?: number;
  proc_used?: number;
  proc_total?: number;
  partitions?: string[];
  being_drained?: boolean;
  os_pid?: string;
  enabled_plugins?: string[];
  log_files?: string[];
  db_dir?: string;
  config_files?: string[];
  [figure: string]: unknown;
}

export interface Connection {
  name: string;
  user: string;
  vhost: string;
  node: string;
  state: string;
  ssl: boolean;
  protocol: string;
  channels: number;
  auth_mechanism?: string;
  client_properties?: Record<string, unknown> & { connection_name?: string; product?: string; version?: string };
  connected_at?: number;
  peer_host?: string;
  peer_port?: number;
  host?: string;
  port?: number;
  timeout?: number;
  frame_max?: number;
  channel_max?: number;
  recv_oct?: number;
  send_oct?: number;
  recv_oct_details?: RateDetails;
  send_oct_details?: RateDetails;
  ssl_protocol?: string;
  ssl_cipher?: string;
  peer_cert_subject?: string;
  user_provided_name?: string;
}

export interface Channel {
  name: string;
  number: number;
  user: string;
  vhost: string;
  node: string;
  state: string;
  confirm: boolean;
  transactional: boolean;
  consumer_count: number;
  messages_unacknowledged: number;
  messages_unconfirmed: number;
  messages_uncommitted: number;
  acks_uncommitted: number;
  prefetch_count: number;
  global_prefetch_count: number;
  connection_details?: { name: string };
  consumer_details?: Consumer[];
  message_stats?: Stats;
  idle_since?: string;
}

export interface Consumer {
  consumer_tag: string;
  ack_required: boolean;
  exclusive: boolean;
  prefetch_count: number;
  active?: boolean;
  activity_status?: string;
  queue: { name: string; vhost: string };
  channel_details: { name?: string; connection_name?: string; user?: string };
  arguments: Record<string, unknown>;
}

export interface Exchange {
  name: string;
  vhost: string;
  type: string;
  durable: boolean;
  auto_delete: boolean;
  internal: boolean;
  arguments: Record<string, unknown>;
  policy?: string;
  message_stats?: Stats;
}

export interface Queue {
  name: string;
  vhost: string;
  type: string;
  node: string;
  state: string;
  durable: boolean;
  auto_delete: boolean;
  exclusive: boolean;
  arguments: Record<string, unknown>;
  policy?: string;
  operator_policy?: string;
  effective_policy_definition?: Record<string, unknown>;
  messages?: number;
  messages_ready?: number;
  messages_unacknowledged?: number;
  messages_details?: RateDetails;
  messages_ready_details?: RateDetails;
  messages_unacknowledged_details?: RateDetails;
  message_bytes?: number;
  memory?: number;
  consumers?: number;
  consumer_utilisation?: number;
  consumer_details?: Consumer[];
  message_stats?: Stats;
  slave_nodes?: string[];
  synchronised_slave_nodes?: string[];
  leader?: string;
  members?: string[];
  online?: string[];
  idle_since?: string;
}

export interface Binding {
  source: string;
  vhost: string;
  destination: string;
  destination_type: "queue" | "exchange";
  routing_key: string;
  arguments: Record<string, unknown>;
  properties_key: string;
}

export interface Got {
  payload: string;
  payload_encoding: "string" | "base64";
  payload_bytes: number;
  exchange: string;
  routing_key: string;
  redelivered: boolean;
  message_count: number;
  properties: Record<string, unknown> & { headers?: Record<string, unknown> };
}

/** One that was looked at. */
export interface Seen extends Omit<Got, "message_count"> {
  position: number;
  place: number;
  holder?: { connection: string; channel: number; user: string; consumer_tag: string; node: string; since: string | null };
  due?: string | null;
}

export interface Looked {
  messages_ready?: number;
  looked_at: number;
  next: number | null;
  messages: Seen[];
}

export interface Outcome {
  moved: number;
  missing: number;
  kept: number;
  reasons: Record<string, number>;
}

export interface Deaths {
  dead_lettered: number;
  dropped: number;
}

export interface Departures extends Record<"expired" | "maxlen" | "rejected" | "delivery_limit", Deaths> {
  since: number;
  acknowledged: number;
  delivered_without_acknowledgement: number;
  purged: number;
  taken_out: number;
}

/** A binding on a message's way, and whether it is taken. */
export interface Way {
  destination: string;
  destination_type: "queue" | "exchange";
  routing_key: string;
  arguments: Record<string, unknown>;
  matched: boolean;
  why: string;
  reason: { code: string; missing?: string[]; different?: string[]; x_match?: string; of?: number };
}

export interface Step {
  exchange: string;
  type: string;
  reached_by: "publish" | "binding" | "alternate";
  held_ms: number;
  alternate: string | null;
  goes_to_alternate: boolean;
  bindings: Way[];
  not_told: number;
}

export interface Explanation {
  routed: boolean;
  certain: boolean;
  queues: string[];
  queues_down: string[];
  refused: string | null;
  steps: Step[];
}

export interface EndedConnection {
  name: string;
  user: string;
  vhost: string;
  connected_at: number;
  ended_at: number;
  by: "client" | "broker" | "nobody";
  code: number;
  reason: string;
  node: string;
}

/** time: ms. fields: what the event says. */
export interface Happening {
  time: number;
  name: string;
  by: string;
  fields: Record<string, unknown>;
  node: string;
}

/** Why a connection is not running; since: ms, of one that is blocked. */
export interface Standing {
  state: string;
  because: string[];
  since: number | null;
}

export interface Unrouted {
  time: number;
  vhost: string;
  exchange: string;
  routing_key: string;
  outcome: "returned" | "dropped";
  user: string;
  connection: string;
  channel: number;
  node: string;
}

export interface Account {
  name: string;
  tags: string[];
  password_hash?: string;
}

export interface Permission {
  user: string;
  vhost: string;
  configure: string;
  write: string;
  read: string;
}

export interface TopicPermission {
  user: string;
  vhost: string;
  exchange: string;
  write: string;
  read: string;
}

export interface Vhost {
  name: string;
  description?: string;
  tags?: string[];
  tracing?: boolean;
  messages?: number;
  messages_ready?: number;
  messages_unacknowledged?: number;
  message_stats?: Stats;
  recv_oct_details?: RateDetails;
  send_oct_details?: RateDetails;
  cluster_state?: Record<string, string>;
  default_queue_type?: string;
}

export interface Policy {
  name: string;
  vhost: string;
  pattern: string;
  "apply-to": string;
  definition: Record<string, unknown>;
  priority: number;
}

export interface Feature {
  name: string;
  state: string;
  desc: string;
  stability?: string;
}
