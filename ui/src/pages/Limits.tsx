// How much vhosts and users may have.

import { ask, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { ConfirmButton, FormButton, type Told } from "../parts/Dialog";
import { Failure } from "../parts/Failure";
import { idOf } from "../pure/names";
import { T } from "../text";

interface Limit {
  vhost?: string;
  user?: string;
  value: Record<string, number>;
}

export function Limits() {
  const { vhosts, may } = useConsole();
  const { value: accounts } = useLive<{ name: string }[]>(may.administer ? "users" : undefined);
  return (
    <>
      <h1>{T.limits}</h1>
      <LimitList title={T.vhostLimits} where="vhost-limits" kinds={["max-connections", "max-queues"]} owners={vhosts} />
      <LimitList
        title={T.userLimits}
        where="user-limits"
        kinds={["max-connections", "max-channels"]}
        owners={accounts?.map((each) => each.name) ?? []}
      />
    </>
  );
}

interface LimitListProps {
  title: string;
  where: string;
  kinds: string[];
  owners: string[];
}

function LimitList({ title, where, kinds, owners }: LimitListProps) {
  const { act, may } = useConsole();
  const { value, error, again } = useLive<Limit[]>(where);
  const place = (owner: string, kind: string) => `${where}/${path`${owner}/${kind}`}`;
  const set = async ({ owner = "", kind = "", value = "" }: Told) => {
    const isDone = await act(T.saved(owner), () => ask("PUT", place(owner, kind), { value: Number(value) }));
    again();
    return isDone;
  };
  const clear = async (owner: string, kind: string) => {
    await act(T.deleted(kind), () => ask("DELETE", place(owner, kind)));
    again();
  };
  const rows = (value ?? []).flatMap((each) =>
    Object.entries(each.value).map(([kind, most]) => ({ owner: each.vhost ?? each.user ?? "", kind, most })),
  );
  const fields = [
    { name: "owner", label: T.name, kind: "choice" as const, choices: owners },
    { name: "kind", label: T.limit, kind: "choice" as const, choices: kinds },
    { name: "value", label: T.most, kind: "number" as const, hint: T.mostHint },
  ];
  return (
    <section>
      <div class="bar">
        <h2>{title}</h2>
        <span class="space" />
        {may.administer ? <FormButton label={T.setLimit} title={title} fields={fields} send={set} /> : null}
      </div>
      <Failure error={error} />
      {value && rows.length === 0 ? <p class="quiet">{T.noLimits}</p> : null}
      <ul class="bindings">
        {rows.map(({ owner, kind, most }) => (
          <li key={idOf(owner, kind)}>
            <b>{owner}</b> <span>{kind}</span> <code>{most}</code>
            {may.administer ? <ConfirmButton label={T.clear} question={T.clearSure(owner, kind)} act={() => clear(owner, kind)} /> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
