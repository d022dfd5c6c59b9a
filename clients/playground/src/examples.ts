/** The tabs a first visitor sees: the README's question, and documents the shop's own clients send. */
import examples from "../../operations/examples.json";

const documents: Record<string, string> = import.meta.glob(["../SevenServices.graphql", "../../operations/*.graphql"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What is shown, in the order a visitor of the shop meets it. */
const journey = [
  "Home",
  "SevenServices",
  "Search",
  "ProductPage",
  "Register",
  "AddToCart",
  "CartPage",
  "WatchCart",
  "CheckoutPage",
  "Checkout",
  "OrderHistory",
  "AdminDashboard",
];

function nameOf(path: string): string {
  return path.replace(/^.*\/|\.graphql$/g, "");
}

const day = 24 * 60 * 60 * 1000;
const ago = (days: number) => new Date(Date.now() - days * day).toISOString();

const variablesOf: Record<string, unknown> = {
  ...examples,
  AdminDashboard: { ...examples.AdminDashboard, from: ago(30), to: ago(-1) },
};

export const exampleTabs = Object.entries(documents)
  .map(([path, query]) => ({ name: nameOf(path), query }))
  .filter(({ name }) => journey.includes(name))
  .sort((a, b) => journey.indexOf(a.name) - journey.indexOf(b.name))
  .map(({ name, query }) => ({
    query,
    variables: name in variablesOf ? JSON.stringify(variablesOf[name], null, 2) : "",
  }));
