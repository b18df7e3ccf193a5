// A short table, all of it on the page; long lists are Table's.

import type { ComponentChildren } from "preact";

export function Grid({ titles, children }: { titles: string[]; children: ComponentChildren }) {
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            {titles.map((each) => (
              <th key={each} scope="col">{each}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
