// The nodes of the cluster, and what each uses.

import { useLive } from "../live";
import { bytes, count } from "../pure/format";
import { T } from "../text";
import type { Node } from "../types";
import { Mark, Meter, Since, To } from "./Facts";
import { Failure } from "./Failure";
import { Grid } from "./Grid";

export function Nodes() {
  const { value, error } = useLive<Node[]>("nodes");
  return (
    <section>
      <h2>{T.nodes}</h2>
      <Failure error={error} />
      <Grid titles={[T.name, T.uptime, T.memory, T.disk, T.files, T.sockets]}>
        {value?.map((node) => <NodeRow key={node.name} node={node} />)}
      </Grid>
    </section>
  );
}

function NodeRow({ node }: { node: Node }) {
  return (
    <tr>
      <td>
        <To page="nodes" names={[node.name]} />{" "}
        {node.running ? null : <Mark kind="bad">{T.down}</Mark>}
        {node.being_drained ? <Mark kind="warn">{T.maintenance}</Mark> : null}
      </td>
      <td>{node.uptime === undefined ? "" : <Since ms={Date.now() - node.uptime} />}</td>
      <td>
        {node.mem_used === undefined ? "" : <Meter used={node.mem_used} most={node.mem_limit ?? 0} shown={bytes} label={T.memory} />}
        {node.mem_alarm ? <Mark kind="bad">{T.alarm}</Mark> : null}
      </td>
      <td>
        {bytes(node.disk_free)} {node.disk_free_alarm ? <Mark kind="bad">{T.alarm}</Mark> : null}
      </td>
      <td>{node.fd_used === undefined ? "" : <Meter used={node.fd_used} most={node.fd_total ?? 0} shown={count} label={T.files} />}</td>
      <td>{count(node.sockets_used)}</td>
    </tr>
  );
}
