/** The page the router shows at `/`: GraphiQL with the shop's operations in its tabs. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./playground.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";

import { withEventStreams } from "./events";
import { exampleTabs } from "./examples";
import { queryPlanPanel } from "./QueryPlan";
import { visitorPanel } from "./Visitor";
import { ask } from "./wire";

const url = new URL("graphql", location.href).href;
const fetcher = withEventStreams(url, ask, createGraphiQLFetcher({ url, fetch: ask }));

// Who comes for the first time sees that they can sign in; afterwards GraphiQL knows which panel was open.
// It shows the first of its default tabs without that tab's variables, so they are handed over once more.
const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
const first = isFirstVisit ? { visiblePlugin: visitorPanel, initialVariables: exampleTabs[0]?.variables ?? "" } : {};

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={exampleTabs}
    defaultHeaders={'{ "Authorization": "" }'}
    defaultEditorToolsVisibility="variables"
    plugins={[visitorPanel, queryPlanPanel, HISTORY_PLUGIN]}
    shouldPersistHeaders={false}
    {...first}
  >
    <GraphiQL.Logo>The shop's graph</GraphiQL.Logo>
  </GraphiQL>,
);
