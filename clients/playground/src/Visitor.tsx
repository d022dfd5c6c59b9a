/** The panel that says who is asking: a guest, or someone signed in through the graph itself. */
import type { GraphiQLPlugin } from "@graphiql/react";
import { useState } from "react";

import login from "../../operations/Login.graphql?raw";
import { useWatched } from "./store";
import { ask, visitor } from "./wire";

/** The demo data's people; a shop in production has none of them. */
const demo = [
  { label: "Customer", email: "customer@ecommerce.local", password: "customer123" },
  { label: "Administrator", email: "admin@ecommerce.local", password: "admin123" },
];

interface LoginAnswer {
  data?: { login: { tokens?: { accessToken: string }; message?: string } } | null;
  errors?: { message: string }[];
}

/** Answers why not, or null when the visitor is signed in. */
async function signIn(email: string, password: string): Promise<string | null> {
  visitor.value = null;
  const response = await ask("graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ query: login, variables: { email, password } }),
  });
  const answer = (await response.json()) as LoginAnswer;
  const accessToken = answer.data?.login.tokens?.accessToken;
  if (accessToken === undefined) {
    return answer.data?.login.message ?? answer.errors?.[0]?.message ?? `HTTP ${response.status}`;
  }
  visitor.value = { name: email, accessToken };
  return null;
}

function VisitorPanel() {
  const current = useWatched(visitor);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);

  const attempt = (who: string, secret: string) => {
    signIn(who, secret).then(setRefusal, (fault: unknown) => setRefusal(String(fault)));
  };
  return (
    <section className="panel">
      <h2>Who is asking</h2>
      <p>
        {current
          ? `Signed in as ${current.name}: every tab asks as this person, unless its own headers name another Authorization.`
          : "A guest, who has no name and no orders. Sign in, and every tab asks as that person."}
      </p>
      {demo.map((person) => (
        <button key={person.email} type="button" onClick={() => attempt(person.email, person.password)}>
          Demo {person.label.toLowerCase()}
        </button>
      ))}
      {current && (
        <button type="button" onClick={() => (visitor.value = null)}>
          Ask as a guest
        </button>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          attempt(email, password);
        }}
      >
        <label>
          Email
          <input type="email" required value={email} onChange={(event) => setEmail(event.target.value)} />
        </label>
        <label>
          Password
          <input type="password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        </label>
        <button type="submit">Sign in</button>
      </form>
      {refusal && <p role="alert">{refusal}</p>}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c1-5 4-7 8-7s7 2 8 7" />
    </svg>
  );
}

export const visitorPanel: GraphiQLPlugin = { title: "Who is asking", icon: Icon, content: VisitorPanel };
