// The console. Who has not logged in sees the form for it; then the page that the address names.

import { render } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { onLoggedOut } from "./api";
import { Login } from "./pages/Login";
import { Shell } from "./Shell";
import { current, logOut, type User } from "./session";
import { language, speak, type Language } from "./text";
import { show, theme } from "./theme";
import "./style.css";

function Root() {
  const [user, setUser] = useState<User | undefined | "unknown">("unknown");
  const [spoken, setSpoken] = useState(language);
  useEffect(() => {
    onLoggedOut(() => setUser(undefined));
    current().then(setUser, () => setUser(undefined));
  }, []);
  const leave = useCallback(() => {
    logOut().finally(() => setUser(undefined));
  }, []);
  const choose = (next: Language) => {
    speak(next);
    setSpoken(next);
  };
  if (user === "unknown") return null;
  if (!user) return <Login entered={setUser} />;
  return <Shell key={spoken} user={user} leave={leave} spoken={spoken} choose={choose} />;
}

show(theme());
speak(language);
render(<Root />, document.getElementById("console") as HTMLElement);
