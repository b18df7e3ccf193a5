// Which keys do what.

import { PLACES } from "../keyboard";
import { T } from "../text";
import { Dialog } from "./Dialog";

export function Help({ close }: { close: () => void }) {
  const keys: [string, string][] = [
    ["/", T.search],
    ["?", T.help],
    ...Object.entries(PLACES).map(([key, page]): [string, string] => [`g ${key}`, T[page as "queues"]]),
  ];
  return (
    <Dialog title={T.keys} close={close}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog" class="buttons">
        <button type="submit" class="first">{T.close}</button>
      </form>
      <p><a href="api/index.html">{T.apiPages}</a></p>
    </Dialog>
  );
}
