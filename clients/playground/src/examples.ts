/** The tabs a first visitor sees: the same documents the shop's own clients send. */
import examples from "../../operations/examples.json";

const documents: Record<string, string> = import.meta.glob("../../operations/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Pages first, in the order a visitor of the shop meets them; whatever else exists follows by name. */
const journey = [
  "Home",
  "Search",
  "ProductPage",
  "Register",
  "AddToCart",
  "CartPage",
  "CheckoutPage",
  "Checkout",
  "OrderHistory",
  "AdminDashboard",
];

function nameOf(path: string): string {
  return path.replace(/^.*\/|\.graphql$/g, "");
}

function position(name: string): number {
  const index = journey.indexOf(name);
  return index < 0 ? journey.length : index;
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
  .sort((a, b) => position(a.name) - position(b.name))
  .map(({ name, query }) => ({
    query,
    variables: name in variablesOf ? JSON.stringify(variablesOf[name], null, 2) : "",
  }));
