/** The panel that shows which subgraphs the router asked for the last operation, and in which order. */
import type { GraphiQLPlugin } from "@graphiql/react";

import { useWatched } from "./store";
import { lastAnswer, planWanted } from "./wire";

function QueryPlan() {
  const wanted = useWatched(planWanted);
  const answer = useWatched(lastAnswer);
  return (
    <section className="panel">
      <h2>Query plan</h2>
      <label>
        <input type="checkbox" checked={wanted} onChange={(event) => (planWanted.value = event.target.checked)} />
        Ask the router for its plan
      </label>
      {answer && <p>Answered in {answer.milliseconds.toFixed(1)} ms, seen from this page.</p>}
      {wanted && answer && (answer.plan ? <pre>{answer.plan}</pre> : <p>{noPlan}</p>)}
    </section>
  );
}

const noPlan =
  "The last answer carries no plan. Run the operation once more; if none comes, this router does not show plans here.";

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M12 4v5M12 9H6v6M12 9h6v6M12 9v6" />
      <circle cx="12" cy="3" r="1.6" />
      <circle cx="6" cy="17" r="1.6" />
      <circle cx="12" cy="17" r="1.6" />
      <circle cx="18" cy="17" r="1.6" />
    </svg>
  );
}

export const queryPlanPanel: GraphiQLPlugin = { title: "Query plan", icon: Icon, content: QueryPlan };
