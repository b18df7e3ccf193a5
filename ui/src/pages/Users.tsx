// Accounts: who there is, and what each may do.

import { useMemo } from "preact/hooks";
import { ask, path } from "../api";
import { useConsole } from "../context";
import { useLive } from "../live";
import { ConfirmButton, FormButton, type Field, type Told } from "../parts/Dialog";
import { Facts, Mark, To } from "../parts/Facts";
import { Failure } from "../parts/Failure";
import { ALL, rightsFields, OF_TOPICS, Rights } from "../parts/Rights";
import { useWholeList } from "../parts/list";
import { Table, useWish, type Column } from "../parts/Table";
import { idOf } from "../pure/names";
import { go, link } from "../router";
import { T } from "../text";
import type { Account, Permission, TopicPermission } from "../types";

const nameOf = (row: Account) => row.name;

const columns = (places: Map<string, string[]>): Column<Account>[] => [
  { at: "name", title: T.name, cell: (row) => <To page="users" names={[row.name]} /> },
  { at: "tags", title: T.tags, width: 20, cell: (row) => row.tags.map((each) => <Mark key={each}>{each}</Mark>) },
  { at: "vhosts", title: T.mayEnter, width: 20, isUnsorted: true, cell: (row) => places.get(row.name)?.join(", ") ?? <Mark kind="warn">{T.nowhere}</Mark> },
  { at: "password_hash", title: T.hasPassword, width: 10, isUnsorted: true, cell: (row) => (row.password_hash ? T.yes : T.no) },
];

const fieldsOf = (account?: Account): Field[] => [
  ...(account ? [] : [{ name: "name", label: T.name }]),
  { name: "password", label: T.password, kind: "password", isOptional: true, hint: account ? T.passwordKept : T.passwordNone },
  { name: "tags", label: T.tags, isOptional: true, value: account?.tags.join(","), hint: T.tagsHint },
];

/** Without a new password the account keeps the one it has. */
function bodyOf(told: Told, account?: Account) {
  const tags = told.tags ?? "";
  if (told.password) return { tags, password: told.password };
  return { tags, password_hash: account?.password_hash ?? "" };
}

export function Users() {
  const { act, may } = useConsole();
  const [wish, change] = useWish("users", "name");
  const list = useWholeList<Account>("users", wish, nameOf);
  const { value: permissions } = useLive<Permission[]>("permissions");
  const places = useMemo(() => vhostsOf(permissions ?? []), [permissions]);
  const add = async (told: Told) => {
    const { name = "" } = told;
    const isDone = await act(T.saved(name), () => ask("PUT", path`users/${name}`, bodyOf(told)));
    list.again();
    return isDone;
  };
  return (
    <>
      <h1>{T.users}</h1>
      <Table
        name="users"
        label={T.users}
        columns={columns(places)}
        {...{ list, wish, change }}
        empty={<p>{T.nothingHere}</p>}
        actions={may.administer ? <FormButton label={T.add} title={T.newUser} fields={fieldsOf()} send={add} isFirst /> : null}
      />
    </>
  );
}

/** By user: the virtual hosts that he may enter. */
function vhostsOf(permissions: Permission[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { user, vhost } of permissions) places.set(user, [...(places.get(user) ?? []), vhost]);
  return places;
}

export function UserPage({ name }: { name: string }) {
  const { act } = useConsole();
  const { value, error, again } = useLive<Account>(path`users/${name}`);
  if (!value) return <Failure error={error} />;
  const change = async (told: Told) => {
    const isDone = await act(T.saved(name), () => ask("PUT", path`users/${name}`, bodyOf(told, value)));
    again();
    return isDone;
  };
  const drop = () =>
    act(T.deleted(name), async () => {
      await ask("DELETE", path`users/${name}`);
      go(link("users"));
    });
  return (
    <>
      <h1>{value.name}</h1>
      <Failure error={error} />
      <Facts
        facts={[
          [T.tags, value.tags.map((each) => <Mark key={each}>{each}</Mark>)],
          [T.hasPassword, value.password_hash ? T.yes : T.no],
        ]}
      />
      <div class="buttons">
        <FormButton label={T.change} title={T.changeUser(name)} fields={fieldsOf(value)} send={change} />
        <ConfirmButton label={T.delete} question={T.deleteUserSure(name)} act={drop} />
      </div>
      <Permissions user={name} />
      <TopicPermissions user={name} />
    </>
  );
}

function Permissions({ user }: { user: string }) {
  const { act, vhosts } = useConsole();
  const { value, error, again } = useLive<Permission[]>(path`users/${user}/permissions`);
  const set = async (told: Told) => {
    const { vhost = "", configure = "", write = "", read = "" } = told;
    const isDone = await act(T.saved(vhost), () => ask("PUT", path`permissions/${vhost}/${user}`, { configure, write, read }));
    again();
    return isDone;
  };
  const clear = async (vhost: string) => {
    await act(T.deleted(vhost), () => ask("DELETE", path`permissions/${vhost}/${user}`));
    again();
  };
  const fields: Field[] = [
    { name: "vhost", label: T.vhost, kind: "choice", choices: vhosts },
    ...rightsFields(ALL),
  ];
  return (
    <section>
      <div class="bar">
        <h2>{T.permissions}</h2>
        <span class="space" />
        <FormButton label={T.permit} title={T.permitUser(user)} fields={fields} send={set} />
      </div>
      <Failure error={error} />
      {value?.length === 0 ? <p class="quiet">{T.noPermissions}</p> : null}
      <ul class="bindings">
        {value?.map((each) => (
          <li key={each.vhost}>
            <b>{each.vhost}</b>
            <Rights told={each} />
            <ConfirmButton label={T.clear} question={T.clearSure(user, each.vhost)} act={() => clear(each.vhost)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function TopicPermissions({ user }: { user: string }) {
  const { act, vhosts } = useConsole();
  const { value, error, again } = useLive<TopicPermission[]>(path`users/${user}/topic-permissions`);
  const set = async (told: Told) => {
    const { vhost = "", exchange = "", write = "", read = "" } = told;
    const isDone = await act(T.saved(exchange), () => ask("PUT", path`topic-permissions/${vhost}/${user}`, { exchange, write, read }));
    again();
    return isDone;
  };
  const clear = async (each: TopicPermission) => {
    await act(T.deleted(each.exchange), () => ask("DELETE", path`topic-permissions/${each.vhost}/${user}/${each.exchange}`));
    again();
  };
  const fields: Field[] = [
    { name: "vhost", label: T.vhost, kind: "choice", choices: vhosts },
    { name: "exchange", label: T.exchange, value: "amq.topic" },
    ...rightsFields(OF_TOPICS),
  ];
  return (
    <section>
      <div class="bar">
        <h2>{T.topicPermissions}</h2>
        <span class="space" />
        <FormButton label={T.permit} title={T.permitUser(user)} fields={fields} send={set} />
      </div>
      <Failure error={error} />
      {value?.length === 0 ? <p class="quiet">{T.noTopicPermissions}</p> : null}
      <ul class="bindings">
        {value?.map((each) => (
          <li key={idOf(each.vhost, each.exchange)}>
            <b>{each.vhost}</b> <code>{each.exchange}</code>
            <Rights told={each} />
            <ConfirmButton label={T.clear} question={T.clearSure(user, each.exchange)} act={() => clear(each)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
