// What is amiss in the whole cluster, on every page.

import { useConsole } from "../context";
import { useLive } from "../live";
import { T } from "../text";
import type { Node } from "../types";

const WATCHED = "nodes?columns=name,running,mem_alarm,disk_free_alarm,partitions";

export function Banners() {
  const { may } = useConsole();
  const { value, error } = useLive<Node[]>(may.monitor ? WATCHED : undefined);
  const warnings = error ? [] : warningsOf(value ?? []);
  return (
    <div class="banners" role="alert">
      {warnings.map((each) => (
        <p key={each} class="banner">{each}</p>
      ))}
    </div>
  );
}

export function warningsOf(nodes: Node[]): string[] {
  const down = nodes.filter((each) => !each.running).map((each) => each.name);
  const warnings: string[] = [];
  if (down.length * 2 >= nodes.length && down.length > 0) warnings.push(T.minority(down.join(", ")));
  else if (down.length > 0) warnings.push(T.nodesDown(down.join(", ")));
  for (const node of nodes) {
    if (node.mem_alarm) warnings.push(T.memoryAlarm(node.name));
    if (node.disk_free_alarm) warnings.push(T.diskAlarm(node.name));
    if (node.partitions?.length) warnings.push(T.partitioned(node.name, node.partitions.join(", ")));
  }
  return warnings;
}
