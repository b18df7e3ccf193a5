// What to do first: a program to be pasted, or what the reader lacks to run one.

import { useConsole } from "../context";
import { pikaExample } from "../pure/example";
import { T } from "../text";

interface ExampleProps {
  /** Where there is nothing yet; undefined on pages of no vhost. */
  vhost?: string;
  steps: string[];
  /** What the program does. */
  title: string;
}

export function Example({ vhost, steps, title }: ExampleProps) {
  const { user, vhost: chosen, entered, amqp, act } = useConsole();
  const place = vhost ?? (chosen || (entered.includes("/") ? "/" : entered[0]));
  if (place === undefined || !entered.includes(place)) return <p class="quiet">{T.letIn(place ?? "/", user.name)}</p>;
  if (!amqp) return <p class="quiet">{T.noAmqp}</p>;
  const host = location.hostname.replace(/^\[|\]$/g, "");
  const program = pikaExample({ host, amqp, vhost: place, user: user.name }, steps);
  const copy = () => act(T.copied, () => navigator.clipboard.writeText(program));
  return (
    <div class="first">
      <div class="bar">
        <p>{title}</p>
        <span class="space" />
        {/* Pages that came over plain HTTP from elsewhere have none. */}
        {navigator.clipboard ? <button type="button" onClick={copy}>{T.copy}</button> : null}
      </div>
      <pre class="example">{program}</pre>
    </div>
  );
}
