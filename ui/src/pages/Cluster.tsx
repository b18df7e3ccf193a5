// The cluster: its name, its feature flags, and queues spread over its nodes.

import { ask } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { ConfirmButton, FormButton } from "../parts/Dialog";
import { Mark } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { Nodes } from "../parts/Nodes";
import { T } from "../text";
import type { Feature } from "../types";

export function Cluster() {
  const { act, may } = useConsole();
  const { value, error, again } = useLive<{ name: string }>("cluster-name");
  const { value: features } = useLive<Feature[]>(may.administer ? "feature-flags" : undefined);
  const rename = async ({ name = "" }: Record<string, string>) => {
    const isDone = await act(T.saved(name), () => ask("PUT", "cluster-name", { name }));
    again();
    return isDone;
  };
  if (!value) return <Failure error={error} />;
  return (
    <>
      <h1>{value.name}</h1>
      {may.administer ? (
        <div class="buttons">
          <FormButton label={T.rename} title={T.clusterName} fields={[{ name: "name", label: T.name, value: value.name }]} send={rename} />
          <ConfirmButton label={T.rebalance} question={T.rebalanceSure} act={() => act(T.rebalanced, () => ask("POST", "rebalance/queues", {}))} />
        </div>
      ) : null}
      <Nodes />
      {may.administer ? <Features features={features} /> : null}
    </>
  );
}

function Features({ features }: { features: Feature[] | undefined }) {
  return (
    <>
      <h2>{T.featureFlags}</h2>
      <Grid titles={[T.name, T.state, T.description]}>
        {features?.map((each) => (
          <tr key={each.name}>
            <td>{each.name}</td>
            <td><Mark kind={each.state === "enabled" ? "good" : "plain"}>{each.state}</Mark></td>
            <td>{each.desc}</td>
          </tr>
        ))}
      </Grid>
    </>
  );
}
