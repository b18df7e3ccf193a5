// Which page is at which address.

import type { ComponentChildren } from "preact";
import type { Place } from "../router";
import { T } from "../text";
import { ChannelPage, Channels } from "./Channels";
import { Cluster } from "./Cluster";
import { ConnectionPage, Connections } from "./Connections";
import { Events } from "./Events";
import { ExchangePage, Exchanges } from "./Exchanges";
import { Limits } from "./Limits";
import { Delayed, Messages } from "./Messages";
import { NodePage } from "./NodePage";
import { Overview } from "./Overview";
import { Policies } from "./Policies";
import { QueuePage } from "./QueuePage";
import { Queues } from "./Queues";
import { Route } from "./Route";
import { Topology } from "./Topology";
import { UserPage, Users } from "./Users";
import { VhostPage, Vhosts } from "./Vhosts";

type Draw = (names: string[], query: URLSearchParams) => ComponentChildren;

/** By page: all of a kind, and one of them. */
const PAGES: Record<string, Draw> = {
  overview: () => <Overview />,
  nodes: ([name = ""]) => (name ? <NodePage name={name} /> : <Overview />),
  connections: ([name]) => (name ? <ConnectionPage name={name} /> : <Connections />),
  channels: ([name]) => (name ? <ChannelPage name={name} /> : <Channels />),
  exchanges: ([vhost, name]) => (vhost && name ? <ExchangePage vhost={vhost} name={name} /> : <Exchanges />),
  queues: ([vhost, name]) => (vhost && name ? <QueuePage vhost={vhost} name={name} /> : <Queues />),
  messages: ([vhost, name]) => (vhost && name ? <Messages vhost={vhost} name={name} /> : <Queues />),
  delayed: ([vhost, name]) => (vhost && name ? <Delayed vhost={vhost} name={name} /> : <Exchanges />),
  events: () => <Events />,
  topology: () => <Topology />,
  route: (_names, query) => <Route query={query} />,
  users: ([name]) => (name ? <UserPage name={name} /> : <Users />),
  vhosts: ([name]) => (name ? <VhostPage name={name} /> : <Vhosts />),
  policies: () => <Policies />,
  limits: () => <Limits />,
  cluster: () => <Cluster />,
};

export function Page({ place }: { place: Place }) {
  const draw = Object.hasOwn(PAGES, place.page) ? PAGES[place.page] : undefined;
  return <>{draw ? draw(place.names, place.query) : <p class="empty">{T.noPage}</p>}</>;
}
