// What is around every page: where one can go, what is amiss, and what became of what was done.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Refused } from "./api";
import { ConsoleContext, type Console } from "./context";
import { listen } from "./keyboard";
import { useLive } from "./live";
import { Banners } from "./parts/Banners";
import { Help } from "./parts/Help";
import { reasonOf } from "./parts/Failure";
import { Page } from "./pages";
import { link, usePlace } from "./router";
import { rightsOf, type User } from "./session";
import { LANGUAGES, T, type Language } from "./text";
import { theme, THEMES, wear, type Theme } from "./theme";

interface ShellProps {
  user: User;
  leave: () => void;
  spoken: Language;
  choose: (next: Language) => void;
}

const VHOST_KEPT = "leveret.vhost";
const NOTICE_MS = 6000;

export function Shell({ user, leave, spoken, choose }: ShellProps) {
  const place = usePlace();
  const [notice, act] = useActing();
  const [kept, setKept] = useState(sessionStorage.getItem(VHOST_KEPT) ?? "");
  const [isHelping, setHelping] = useState(false);
  const { value: vhosts } = useLive<{ name: string }[]>("vhosts?columns=name");
  const { value: session = user } = useLive<User>("session");
  useEffect(() => listen(() => setHelping(true)), []);
  const console = useMemo<Console>(
    () => {
      const may = rightsOf(user);
      const names = vhosts?.map((each) => each.name) ?? [];
      const entered = session.vhosts;
      const seen = may.administer ? names : entered;
      const isGone = vhosts && !seen.includes(kept);
      const setVhost = (next: string) => {
        sessionStorage.setItem(VHOST_KEPT, next);
        setKept(next);
      };
      return { user, may, vhost: isGone ? "" : kept, vhosts: names, entered, seen, amqp: session.amqp, setVhost, act };
    },
    [user, kept, vhosts, session, act],
  );
  const where = [place.page, ...place.names].join("/");
  return (
    <ConsoleContext.Provider value={console}>
      <a class="skip" href="#content" onClick={skip}>{T.skip}</a>
      <Head {...{ leave, spoken, choose, console }} help={() => setHelping(true)} />
      <Places page={place.page} console={console} />
      <Banners />
      <main id="content" tabIndex={-1}>
        <Page key={where} place={place} />
      </main>
      <div class="notices" role="status" aria-live="polite">
        {notice ? <p class={notice.isGood ? "notice good" : "notice bad"}>{notice.text}</p> : null}
      </div>
      {isHelping ? <Help close={() => setHelping(false)} /> : null}
    </ConsoleContext.Provider>
  );
}

/** The address behind # is the page's: nothing else may change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

interface Notice {
  isGood: boolean;
  text: string;
}

function useActing() {
  const [notice, setNotice] = useState<Notice>();
  const timer = useRef(0);
  const tell = useCallback((next: Notice) => {
    clearTimeout(timer.current);
    setNotice(next);
    timer.current = setTimeout(() => setNotice(undefined), NOTICE_MS);
  }, []);
  const act = useCallback<Console["act"]>(
    async (what, doing) => {
      try {
        await doing();
        if (what) tell({ isGood: true, text: what });
        return true;
      } catch (error) {
        tell({ isGood: false, text: error instanceof Refused ? reasonOf(error) : String(error) });
        return false;
      }
    },
    [tell],
  );
  return [notice, act] as const;
}

interface HeadProps extends Omit<ShellProps, "user"> {
  console: Console;
  help: () => void;
}

function Head({ console, leave, spoken, choose, help }: HeadProps) {
  const [worn, setWorn] = useState<Theme>(theme());
  const change = (next: Theme) => {
    wear(next);
    setWorn(next);
  };
  return (
    <header>
      <a class="brand" href={link("overview")}>Leveret</a>
      <span class="space" />
      <Choice label={T.vhost} value={console.vhost} choices={[["", T.allVhosts], ...console.seen.map((each): [string, string] => [each, each])]} choose={console.setVhost} />
      <Choice label={T.language} value={spoken} choices={Object.entries(LANGUAGES).map(([key, each]) => [key, each.ownName])} choose={(next) => choose(next as Language)} />
      <Choice label={T.theme} value={worn} choices={THEMES.map((each) => [each, T.themes[each]])} choose={(next) => change(next as Theme)} />
      <button type="button" onClick={help} aria-label={T.help} title={T.help}>?</button>
      <span class="who">{console.user.name}</span>
      <button type="button" onClick={leave}>{T.logOut}</button>
    </header>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  choices: [string, string][];
  choose: (next: string) => void;
}

function Choice({ label, value, choices, choose }: ChoiceProps) {
  return (
    <select aria-label={label} title={label} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      {choices.map(([key, shown]) => (
        <option key={key} value={key}>{shown}</option>
      ))}
    </select>
  );
}

function Places({ page, console }: { page: string; console: Console }) {
  const { may } = console;
  const places: [string, string, boolean][] = [
    ["overview", T.overview, true],
    ["connections", T.connections, true],
    ["channels", T.channels, true],
    ["exchanges", T.exchanges, true],
    ["queues", T.queues, true],
    ["topology", T.topology, true],
    ["route", T.route, true],
    ["events", T.events, may.monitor],
    ["users", T.users, may.administer],
    ["vhosts", T.vhosts, true],
    ["policies", T.policies, true],
    ["limits", T.limits, true],
    ["cluster", T.cluster, may.administer],
  ];
  return (
    <nav aria-label={T.pages}>
      {places
        .filter(([, , isShown]) => isShown)
        .map(([key, title]) => (
          <a key={key} href={link(key)} aria-current={page === key ? "page" : undefined}>{title}</a>
        ))}
    </nav>
  );
}
