/** The client against a running graph with the demo data; SHOP_URL says where, and without it nothing is asked. */
import { beforeAll, describe, expect, test } from "vitest";

import { AddToCart, AnsweredErrors, CartPage, Home, InMemory, OrderHistory, ProductPage, Search, Shop } from "../src";

const url = process.env.SHOP_URL;
// A busy machine may stand still for seconds.
const patient = { url: url ?? "", timeoutMs: 60_000 };

describe.runIf(url)("the running graph", () => {
  let shop: Shop;
  beforeAll(() => {
    shop = new Shop(patient);
  });

  test("answers the front page to a guest", async () => {
    const { me, products } = await shop.ask(Home, { first: 5 });

    expect(me).toBeNull();
    expect(products.edges).toHaveLength(5);
    expect(products.edges[0]?.node.variants[0]?.basePrice.amount).toMatch(/^\d+\.\d\d$/);
  });

  test("finds a product and opens its page", async () => {
    const { products } = await shop.ask(Search, { text: "ultrabook" });
    const slug = products.edges[0]?.node.slug ?? "";

    const { product } = await shop.ask(ProductPage, { slug });

    expect(product?.name).toBe("Premium Ultrabook Pro 15");
    expect(product?.variants.map((variant) => variant.sku)).toContain("LAPTOP-001");
  });

  test("keeps a guest's basket between requests", async () => {
    const guest = new Shop(patient);
    const { cartLineAdd } = await guest.ask(AddToCart, { sku: "MOUSE-001", quantity: 2 });
    expect(cartLineAdd.__typename).toBe("CartLineAddSuccess");

    const { cart } = await guest.ask(CartPage, {});

    expect(cart?.lines.map((line) => [line.variant?.sku, line.quantity])).toEqual([["MOUSE-001", 2]]);
  });

  test("refuses a wrong password as data, and stays a guest", async () => {
    const answer = await shop.signIn({ email: "customer@ecommerce.local", password: "wrong" });

    expect(answer).toMatchObject({ __typename: "WrongCredentials" });
    expect(shop.signedIn).toBe(false);
  });

  test("signs in, exchanges a token that is refused for a new one, and signs out", async () => {
    const keyring = new InMemory();
    const customer = new Shop({ ...patient, keyring });
    await customer.signIn({ email: "customer@ecommerce.local", password: "customer123" });
    const first = keyring.read();
    keyring.write({ ...first, accessToken: "outdated" });

    const { me } = await customer.ask(OrderHistory, {});

    expect(me?.id).toBe("user-customer");
    expect(keyring.read().refreshToken).not.toBe(first.refreshToken);
    await customer.signOut();
    expect(customer.signedIn).toBe(false);
  });

  test("a forged token without a refresh token is an error that says so", async () => {
    const forging = new Shop({ ...patient, keyring: new InMemory({ accessToken: "forged" }) });

    const fault = await forging.ask(Home, {}).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(AnsweredErrors);
    expect((fault as AnsweredErrors).hasCode("UNAUTHENTICATED")).toBe(true);
  });
});
