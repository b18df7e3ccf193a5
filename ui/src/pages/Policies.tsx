// Policies: what queues and exchanges of some name are to be like; and operators', which limit them.

import { ask, path } from "../api";
import { useConsole } from "../context";
import { ConfirmButton, FormButton, type Field, type Told } from "../parts/Dialog";
import { Arguments } from "../parts/Facts";
import { useWholeList } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { parseArguments, shownArguments } from "../pure/arguments";
import { idOf } from "../pure/names";
import { T } from "../text";
import type { Policy } from "../types";

type Kind = "policies" | "operator-policies";

const APPLY_TO = ["all", "queues", "exchanges", "classic_queues", "quorum_queues", "streams"];
const keyOf = (row: Policy) => idOf(row.vhost, row.name);

export function Policies() {
  const { may } = useConsole();
  return (
    <>
      <h1>{T.policies}</h1>
      <PolicyList kind="policies" title={T.policies} mayChange={may.makePolicies} />
      <h2>{T.operatorPolicies}</h2>
      <PolicyList kind="operator-policies" title={T.operatorPolicies} mayChange={may.administer} />
    </>
  );
}

function PolicyList({ kind, title, mayChange }: { kind: Kind; title: string; mayChange: boolean }) {
  const { act, vhost, seen } = useConsole();
  const [wish, change] = useWish(kind, "name");
  const list = useWholeList<Policy>(vhost ? `${kind}/${path`${vhost}`}` : kind, wish, keyOf);
  const set = async (told: Told, of?: Policy) => {
    const { vhost: where = "", name = "" } = { ...told, ...of };
    const isDone = await act(T.saved(name), () => ask("PUT", `${kind}/${path`${where}/${name}`}`, bodyOf(told)));
    list.again();
    return isDone;
  };
  const drop = async (row: Policy) => {
    await act(T.deleted(row.name), () => ask("DELETE", `${kind}/${path`${row.vhost}/${row.name}`}`));
    list.again();
  };
  const actionsOf = (row: Policy) => (
    <div class="buttons">
      <FormButton label={T.change} title={row.name} fields={fieldsOf(seen, row)} send={(told) => set(told, row)} />
      <ConfirmButton label={T.delete} question={T.deleteSure(row.name)} act={() => drop(row)} />
    </div>
  );
  return (
    <Table
      name={kind}
      label={title}
      columns={mayChange ? [...columns(), { at: "actions", title: T.actions, width: 14, isUnsorted: true, cell: actionsOf }] : columns()}
      {...{ list, wish, change }}
      empty={<p>{T.noPolicies}</p>}
      actions={mayChange && seen.length ? <FormButton label={T.add} title={title} fields={fieldsOf(seen)} send={set} isFirst /> : null}
    />
  );
}

const columns = (): Column<Policy>[] => [
  { at: "name", title: T.name },
  { at: "vhost", title: T.vhost, width: 8 },
  { at: "pattern", title: T.pattern, width: 10, cell: (row) => <code>{row.pattern}</code> },
  { at: "apply-to", title: T.applyTo, width: 8 },
  { at: "definition", title: T.definition, width: 18, isUnsorted: true, cell: (row) => <Arguments told={row.definition} /> },
  { at: "priority", title: T.priority, width: 6, isNumber: true },
];

const fieldsOf = (vhosts: string[], told?: Policy): Field[] => [
  { name: "vhost", label: T.vhost, kind: "choice", choices: told ? [told.vhost] : vhosts },
  ...(told ? [] : [{ name: "name", label: T.name }]),
  { name: "pattern", label: T.pattern, value: told?.pattern },
  { name: "apply", label: T.applyTo, kind: "choice", choices: APPLY_TO, value: told?.["apply-to"] },
  { name: "priority", label: T.priority, kind: "number", value: String(told?.priority ?? 0) },
  { name: "definition", label: T.definition, kind: "area", value: told ? shownArguments(told.definition) : "", hint: T.definitionHint },
];

const bodyOf = (told: Told) => ({
  pattern: told.pattern,
  "apply-to": told.apply,
  priority: Number(told.priority),
  definition: parseArguments(told.definition ?? ""),
});
