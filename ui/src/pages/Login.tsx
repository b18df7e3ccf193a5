// Who are you?

import { useState } from "preact/hooks";
import { Refused } from "../api";
import { Form, type Told } from "../parts/Dialog";
import { reasonOf } from "../parts/Failure";
import { logIn, type User } from "../session";
import { T } from "../text";

export function Login({ entered }: { entered: (user: User) => void }) {
  const [refusal, setRefusal] = useState("");
  const send = async ({ username = "", password = "" }: Told) => {
    try {
      entered(await logIn(username, password));
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setRefusal(refusalOf(error));
      return false;
    }
  };
  return (
    <main class="login">
      <h1>Leveret</h1>
      <Form
        fields={[
          { name: "username", label: T.user },
          { name: "password", label: T.password, kind: "password" },
        ]}
        submit={T.logIn}
        send={send}
      >
        {refusal ? <p class="failure" role="alert">{refusal}</p> : null}
      </Form>
    </main>
  );
}

function refusalOf(error: Refused): string {
  if (error.status !== 401) return reasonOf(error);
  return error.message === "Login failed" ? T.wrongPassword : T.noTag;
}
